"""What follows from bounces and complaints, in whatever order they come."""

import datetime
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from newsletter.models import Bounce, Delivery, Subscriber
from newsletter.models.bounce import KEPT
from newsletter.tasks import forget_bounces
from tests.newsletter.factories import make_subscriber
from tests.newsletter.inbound.corpus import make_delivery


@pytest.fixture
def subscriber(db) -> Subscriber:
    """Confirmed a year ago, so that all that happens here has happened since."""
    return make_subscriber(confirmed_at=timezone.now() - datetime.timedelta(days=360))


def bounce(subscriber: Subscriber, kind: str = "soft", **fields) -> Bounce | None:
    """One event; a new one unless it is given a key."""
    fields.setdefault("event_key", f"event {Bounce.objects.count()}")
    return Bounce.receive(subscriber, kind=kind, source="dsn", **fields)


def soft(subscriber: Subscriber, *days_ago: float) -> None:
    """A mail to the subscriber so many days ago each, and a soft bounce of it the moment after."""
    for days in days_ago:
        delivery = make_delivery(subscriber, days_ago=days)
        bounce(subscriber, delivery=delivery, happened_at=delivery.changed_at)


def state(subscriber: Subscriber) -> str:
    subscriber.refresh_from_db()
    return subscriber.state


def test_a_hard_bounce_stops_all_mail(subscriber):
    assert bounce(subscriber, "hard", diagnostic="550 5.1.1 <lasare@example.org>:\x00\n user  unknown").kind == "hard"
    assert (state(subscriber), subscriber.left_because) == ("bounced", "550 5.1.1 <…>: user unknown")
    assert Bounce.objects.get().diagnostic == "550 5.1.1 <…>: user unknown"
    assert "lasare" not in str([event.particulars for event in subscriber.events.all()])


def test_a_complaint_stops_all_mail_for_good(subscriber):
    bounce(subscriber, "complaint")
    assert state(subscriber) == "complained"


def test_a_refusal_that_is_about_us_is_noted_and_no_more(subscriber):
    for _ in range(20):
        bounce(subscriber, "other")
    assert (state(subscriber), subscriber.bounces.count()) == ("active", 20)


def test_an_event_counts_once(subscriber):
    assert bounce(subscriber, "hard", event_key="same") is not None
    assert bounce(subscriber, "hard", event_key="same") is None
    assert Bounce.objects.count() == 1
    assert [event.verb for event in subscriber.events.all()] == ["bounced"]


def test_four_soft_bounces_are_bad_luck_and_five_are_too_many(subscriber):
    soft(subscriber, 28, 21, 14, 7)
    assert state(subscriber) == "active"
    soft(subscriber, 0)
    assert state(subscriber) == "bounced"


def test_a_monthly_reader_whose_mailbox_is_full_is_let_go_in_the_fifth_month(subscriber):
    soft(subscriber, 122, 92, 61, 31)
    assert state(subscriber) == "active"
    soft(subscriber, 0)
    assert state(subscriber) == "bounced"


def test_five_in_a_year_are_not_five_in_a_row(subscriber):
    soft(subscriber, 320, 240, 160, 80, 0)
    assert state(subscriber) == "active"


def test_a_bad_day_does_not_count_as_three(subscriber):
    noon = timezone.localtime().replace(hour=12)
    for minutes in range(10):
        delivery = make_delivery(subscriber)
        moment = noon - datetime.timedelta(days=2 + minutes % 2, minutes=minutes)
        Delivery.objects.filter(pk=delivery.pk).update(changed_at=moment)
        delivery.refresh_from_db()
        bounce(subscriber, delivery=delivery, happened_at=moment)
    assert state(subscriber) == "active"
    soft(subscriber, 0)
    assert state(subscriber) == "bounced"


def test_a_mail_that_arrived_in_between_starts_the_count_afresh(subscriber):
    soft(subscriber, 40, 33, 26, 19)
    make_delivery(subscriber, days_ago=12)
    soft(subscriber, 5)
    assert state(subscriber) == "active"
    soft(subscriber, 4, 3, 2, 1)
    assert state(subscriber) == "bounced"


def test_a_mail_of_which_we_may_still_hear_has_not_arrived_yet(subscriber):
    soft(subscriber, 28, 21, 14, 7)
    make_delivery(subscriber, days_ago=4)
    soft(subscriber, 0)
    assert state(subscriber) == "bounced"


def test_a_mail_that_was_refused_for_another_reason_has_not_arrived_either(subscriber):
    soft(subscriber, 40, 33, 26, 19)
    bounce(subscriber, "other", delivery=make_delivery(subscriber, days_ago=12))
    soft(subscriber, 5)
    assert state(subscriber) == "bounced"


def test_one_mail_counts_once_whoever_reports_it_how_often(subscriber):
    delivery = make_delivery(subscriber, days_ago=10)
    for days in range(10):
        bounce(subscriber, delivery=delivery, happened_at=timezone.now() - datetime.timedelta(days=days))
    assert (state(subscriber), delivery.bounces.count()) == ("active", 10)


@pytest.mark.parametrize("order", list(permutations(["hard", "soft", "complaint", "leave"])))
def test_a_complaint_wins_in_whatever_order(subscriber, order):
    for event in order:
        subscriber.leave() if event == "leave" else bounce(subscriber, event)
    assert state(subscriber) == "complained"
    assert {each.kind for each in subscriber.bounces.all()} == {"hard", "soft", "complaint"}


@pytest.mark.parametrize("order", list(permutations(range(5))))
def test_soft_bounces_may_come_in_any_order(subscriber, order):
    deliveries = [make_delivery(subscriber, days_ago=days) for days in (28, 21, 14, 7, 0)]
    for index in order:
        assert state(subscriber) == "active"
        bounce(subscriber, delivery=deliveries[index])
    assert state(subscriber) == "bounced"


def test_a_late_soft_bounce_after_a_hard_one_changes_nothing_more(subscriber):
    bounce(subscriber, "hard")
    soft(subscriber, 0)
    assert state(subscriber) == "bounced"
    assert [event.verb for event in subscriber.events.all()] == ["bounced"]


def test_who_has_left_stays_one_who_has_left(subscriber):
    subscriber.leave("nog")
    bounce(subscriber, "hard")
    assert (state(subscriber), subscriber.left_because, subscriber.bounces.count()) == ("unsubscribed", "nog", 1)


def test_of_an_erased_subscriber_nothing_is_noted_and_nothing_is_left(subscriber):
    bounce(subscriber, "soft")
    subscriber.erase()
    assert bounce(subscriber, "complaint", event_key="late") is None
    assert (state(subscriber), Bounce.objects.count()) == ("unsubscribed", 0)


def test_a_bounce_of_a_mail_from_before_the_address_was_confirmed_again_is_only_noted(subscriber):
    delivery = make_delivery(subscriber, days_ago=3)
    subscriber.confirmed_at = timezone.now() - datetime.timedelta(days=1)
    subscriber.save()
    bounce(subscriber, "hard", delivery=delivery, happened_at=timezone.now())
    assert (state(subscriber), subscriber.bounces.count()) == ("active", 1)


def test_a_late_bounce_leaves_somebody_who_is_signing_up_again_alone(subscriber):
    delivery = make_delivery(subscriber, days_ago=3)
    Subscriber.objects.update(state="pending", last_letter_at=timezone.now() - datetime.timedelta(hours=1))
    bounce(subscriber, "hard", delivery=delivery)
    assert state(subscriber) == "pending"
    bounce(subscriber, "hard")
    assert state(subscriber) == "bounced"


def lifted(subscriber: Subscriber, coordinator) -> None:
    subscriber.lift_block(by=coordinator, because="Brevlådan är tömd.")
    assert state(subscriber) == "active"


def test_when_a_block_is_lifted_the_soft_bounces_are_counted_afresh(subscriber, coordinator):
    soft(subscriber, 35, 28, 21, 14, 7)
    lifted(subscriber, coordinator)
    soft(subscriber, 0)
    assert state(subscriber) == "active"
    Subscriber.objects.update(block_lifted_at=timezone.now() - datetime.timedelta(days=5))
    soft(subscriber, 4, 3, 2)
    assert state(subscriber) == "active"
    soft(subscriber, 1)
    assert state(subscriber) == "bounced"


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_a_late_report_of_a_mail_from_before_the_block_was_lifted_is_only_noted(subscriber, coordinator, kind):
    late = make_delivery(subscriber, days_ago=1)
    soft(subscriber, 28, 21, 14, 7, 0)
    lifted(subscriber, coordinator)
    bounce(subscriber, kind, delivery=late)
    assert (state(subscriber), late.bounces.get().kind) == ("active", kind)
    bounce(subscriber, "hard", delivery=make_delivery(subscriber))
    assert state(subscriber) == "bounced"


def test_lifting_the_block_of_somebody_who_never_confirmed_stands_too(coordinator):
    pending = make_subscriber(state="pending", last_letter_at=timezone.now() - datetime.timedelta(days=9))
    late = make_delivery(pending, days_ago=1)
    bounce(pending, "hard")
    pending.lift_block(by=coordinator, because="Brevlådan är tömd.")
    bounce(pending, "hard", delivery=late)
    assert state(pending) == "pending"


@pytest.mark.parametrize("kind", ["hard", "complaint"])
@pytest.mark.parametrize("before", ["accepted", "unknown", "failed"])
def test_the_delivery_stays_as_it_is(subscriber, kind, before):
    delivery = make_delivery(subscriber)
    Delivery.objects.update(state=before)
    bounce(subscriber, kind, delivery=delivery)
    assert Delivery.objects.values_list("state", flat=True).get() == before
    assert delivery.bounces.get().kind == kind


def test_an_event_from_the_future_happened_now(subscriber):
    found = bounce(subscriber, happened_at=timezone.now() + datetime.timedelta(days=9))
    assert found.happened_at == found.received_at


def test_bounces_are_forgotten_after_a_year(subscriber, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    bounce(subscriber)
    old = timezone.now() - KEPT - datetime.timedelta(minutes=1)
    kept = bounce(subscriber)
    Bounce.objects.exclude(pk=kept.pk).update(received_at=old, happened_at=old)
    forget_bounces()
    assert list(Bounce.objects.all()) == [kept]
    assert bounce(subscriber, "hard", event_key="event 0", happened_at=old) is None
    assert state(subscriber) == "active"


def test_a_subscriber_takes_the_bounces_along(subscriber):
    bounce(subscriber, diagnostic="mailbox full")
    told = subscriber.export()["bounces"]
    assert [(each["kind"], each["diagnostic"]) for each in told] == [("soft", "mailbox full")]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"event_key": "first"}, "bounce_once_per_event"),
        ({"event_key": ""}, "bounce_has_event_key"),
        ({"kind": "loud"}, "bounce_kind_known"),
        ({"happened_at": datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)}, "bounce_happens_before_received"),
    ],
)
def test_the_database_says_it_too(subscriber, changes, constraint):
    now = timezone.now()
    fields = {"subscriber": subscriber, "kind": "soft", "source": "dsn", "happened_at": now, "received_at": now}
    Bounce.objects.create(**fields, event_key="first")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Bounce.objects.create(**{**fields, "event_key": "second", **changes})
