import pytest
from django.db import IntegrityError, transaction

from newsletter.models import Delivery, Issue, IssueItem, Subscriber
from tests.newsletter.factories import make_subscriber

pytestmark = pytest.mark.django_db


def test_one_address_subscribes_once_whatever_its_case(subscriber):
    with pytest.raises(IntegrityError, match="subscriber_email_unique_whatever_case"), transaction.atomic():
        make_subscriber("LASARE@EXAMPLE.ORG")


def test_an_active_subscriber_has_confirmed(db):
    with pytest.raises(IntegrityError, match="subscriber_active_has_confirmed"), transaction.atomic():
        Subscriber.objects.create(email="x@example.org", state="active")


def test_nobody_loses_the_address_without_being_erased(subscriber):
    with pytest.raises(IntegrityError, match="subscriber_has_address_unless_erased"), transaction.atomic():
        Subscriber.objects.update(email=None)


@pytest.mark.parametrize("token", ["x" * 15, "x" * 17, "x" * 15 + "=", "x" * 15 + "\n", "å" * 16])
def test_the_key_in_the_mails_is_sixteen_plain_characters(subscriber, token):
    with pytest.raises(IntegrityError, match="subscriber_token_is_short"), transaction.atomic():
        Subscriber.objects.update(token=token)


def test_only_the_erased_leave_a_mark(subscriber):
    with pytest.raises(IntegrityError, match="subscriber_marked_only_when_erased"), transaction.atomic():
        Subscriber.objects.update(erased_mark="x")


def test_an_issue_reaches_a_subscriber_once(issue, subscriber, coordinator):
    variant = issue.variants.create(items=[1], language="sv")
    row = {"issue": issue, "subscriber": subscriber, "variant": variant, "not_before": issue.created_at}
    Delivery.objects.create(changed_at=issue.created_at, **row)
    with pytest.raises(IntegrityError, match="delivery_once_per_subscriber"), transaction.atomic():
        Delivery.objects.create(changed_at=issue.created_at, **row)


def test_only_rows_in_hand_have_a_lease(issue, subscriber):
    variant = issue.variants.create(items=[1], language="sv")
    with pytest.raises(IntegrityError, match="delivery_lease_while_in_hand"), transaction.atomic():
        Delivery.objects.create(
            issue=issue, subscriber=subscriber, variant=variant, state="claimed",
            not_before=issue.created_at, changed_at=issue.created_at,
        )  # fmt: skip


def test_an_item_is_either_an_entry_or_a_method(issue):
    with pytest.raises(IntegrityError, match="item_is_entry_or_method"), transaction.atomic():
        IssueItem.objects.create(issue=issue)


def test_two_digests_never_begin_at_the_same_moment(issue):
    with pytest.raises(IntegrityError, match="issue_one_per_kind_and_start"), transaction.atomic():
        Issue.objects.create(kind="weekly", subject="x", period_start=issue.period_start, period_end=issue.created_at)
