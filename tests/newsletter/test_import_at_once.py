"""Lists imported at the same time, and people who sign up meanwhile: each address becomes one subscriber."""

from collections import Counter
from collections.abc import Callable

import pytest

from newsletter.importing import takeover
from newsletter.models import Consent, Subscriber, SubscriberImport
from newsletter.models.subscriber import SubscriberQuerySet
from newsletter.sign_up import SignUp
from newsletter.tasks import run_import
from tests.newsletter.at_once import at_once
from tests.newsletter.factories import make_checked_import, make_subscriber

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 60
ADDRESSES = [f"a{number}@example.org" for number in range(NUMBER)]


@pytest.fixture
def ordered(monkeypatch, coordinator) -> Callable[..., SubscriberImport]:
    """Makes a list that has been ordered but not begun; steps are small, so that many of them meet."""
    monkeypatch.setattr(takeover, "AT_ONCE", 10)

    def make(lines: list[str]) -> SubscriberImport:
        upload = make_checked_import(lines, by=coordinator)
        SubscriberImport.objects.filter(pk=upload.pk).update(state="importing")
        return upload

    return make


def assert_each_once(*uploads: SubscriberImport) -> None:
    assert Counter(Subscriber.objects.values_list("email", flat=True)) == Counter(ADDRESSES)
    imported = passed_over = 0
    for upload in uploads:
        upload.refresh_from_db()
        assert upload.state == "done"
        imported += upload.imported_count
        passed_over += upload.passed_over_count
    assert imported == Consent.objects.filter(form="import").count()
    assert imported + passed_over == NUMBER * len(uploads)


def test_two_coordinators_importing_the_same_people_in_another_order(ordered):
    one, other = ordered(ADDRESSES), ordered(ADDRESSES[::-1])
    assert at_once(lambda: run_import(one.pk), lambda: run_import(other.pk)) == []
    assert_each_once(one, other)
    assert Consent.objects.count() == NUMBER


def test_two_workers_at_the_same_import(ordered):
    upload = ordered(ADDRESSES)
    assert at_once(*[lambda: run_import(upload.pk)] * 3) == []
    assert_each_once(upload)
    assert [event.verb for event in upload.events.all()].count("imported") == 1


def test_people_who_sign_up_while_they_are_imported(ordered):
    upload = ordered(ADDRESSES)

    def sign_up() -> None:
        for email in ADDRESSES[::7]:
            SignUp(email=email, frequency="weekly", language="sv", consent_text="Ja.", form="/nyhetsbrev/").submit()

    assert at_once(lambda: run_import(upload.pk), sign_up) == []
    assert_each_once(upload)


def test_somebody_erased_between_the_look_and_the_insert_stays_forgotten(ordered, monkeypatch):
    upload = ordered(ADDRESSES[:3])
    erased = make_subscriber(ADDRESSES[1])
    insert = SubscriberQuerySet.bulk_create

    def erase_first(*args, **kwargs):
        assert at_once(erased.erase) == []
        return insert(*args, **kwargs)

    monkeypatch.setattr(SubscriberQuerySet, "bulk_create", erase_first)
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.imported_count, upload.passed_over_count) == ("done", 2, 1)
    assert sorted(Subscriber.objects.not_erased().values_list("email", flat=True)) == [ADDRESSES[0], ADDRESSES[2]]
    assert Consent.objects.count() == 2
