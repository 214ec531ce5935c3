"""What readers are owed whose mail failed, was skipped, or belonged to a digest that was cancelled halfway."""

import datetime

import pytest
from django.utils import timezone

from newsletter.models import Subscriber
from tests.newsletter.digests import ago, choose, digest, freeze, news, send, told
from tests.newsletter.factories import make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def held(monkeypatch):
    """Orders do not reach a worker by themselves: the test says what became of each mail."""
    monkeypatch.setattr("newsletter.tasks.enqueue_drain", lambda *call, **kind: True)


def test_a_failed_mail_to_a_reader_who_stays_comes_again(subscriber):
    other = make_subscriber("kvar@example.org")
    news("A", 16)
    first = send(digest("weekly", 15), failed=[subscriber])
    subscriber.refresh_from_db()
    assert subscriber.news_from == first.period_start
    news("B", 9)
    send(digest("weekly", 8))
    assert told(subscriber) == ["B", "A"]
    assert told(other) == ["A", "B"]


def test_who_had_been_away_and_whose_mail_failed_is_owed_from_where_they_were_away():
    away = make_subscriber("borta@example.org", news_from=ago(40))
    news("A", 30)
    news("B", 16)
    send(digest("weekly", 15), failed=[away])
    away.refresh_from_db()
    assert away.news_from == ago(40)


def test_a_pause_that_begins_while_it_is_being_sent_owes_the_skipped_mail(subscriber):
    news("A", 16)
    issue = freeze(digest("weekly", 15))
    subscriber.pause(timezone.now() + datetime.timedelta(days=60))
    assert subscriber.news_from == issue.period_end
    issue.deliveries.update(state="skipped")
    issue.finish()
    subscriber.refresh_from_db()
    assert subscriber.news_from == issue.period_start


def test_who_has_left_is_owed_nothing(subscriber):
    news("A", 16)
    issue = freeze(digest("weekly", 15))
    subscriber.leave()
    issue.deliveries.update(state="skipped")
    issue.finish()
    subscriber.refresh_from_db()
    assert subscriber.news_from is None


def test_a_failure_that_a_later_digest_has_overtaken_is_not_told_with_it_again(subscriber):
    subscriber.choose(frequency="each", language="sv", labs=[], focus_areas=[])
    news("A", 3)
    slow = freeze(digest("each", 2.5))
    news("B", 2)
    send(digest("each", 1))
    slow.deliveries.update(state="failed")
    slow.finish()
    subscriber.refresh_from_db()
    assert subscriber.news_from is None


def test_a_digest_cancelled_halfway_comes_again_to_those_who_have_not_got_it(subscriber, coordinator):
    other = make_subscriber("kvar@example.org")
    news("A", 16)
    half = freeze(digest("weekly", 15))
    half.deliveries.filter(subscriber=subscriber).update(state="accepted")
    half.cancel(by=coordinator)
    news("B", 9)
    send(digest("weekly", 8))
    assert told(subscriber) == ["A", "B"]
    assert told(other) == ["B", "A"]
    assert set(Subscriber.objects.values_list("news_from", flat=True)) == {None}


def test_cancelled_before_their_turn_those_who_had_been_away_are_owed_it_still(coordinator):
    away = make_subscriber("borta@example.org", news_from=ago(40))
    news("A", 30)
    news("B", 16)
    freeze(digest("weekly", 15)).cancel(by=coordinator)
    away.refresh_from_db()
    assert away.news_from == ago(40)
    send(digest("weekly", 15))
    assert told(away) == ["B", "A"]


def test_who_has_moved_on_from_a_digest_that_was_cancelled_is_owed_it(subscriber, coordinator):
    news("A", 16)
    weekly = freeze(digest("weekly", 15))
    choose(subscriber, "monthly")
    weekly.cancel(by=coordinator)
    subscriber.refresh_from_db()
    assert subscriber.news_from == weekly.period_start
    send(digest("monthly", 8))
    assert told(subscriber) == ["A"]


def test_what_was_in_hand_when_it_was_cancelled_is_settled_when_that_is_known(subscriber, coordinator):
    news("A", 16)
    issue = freeze(digest("weekly", 15))
    issue.deliveries.update(state="submitting", lease_until=timezone.now())
    issue.cancel(by=coordinator)
    subscriber.refresh_from_db()
    assert subscriber.news_from == issue.period_end
    issue.deliveries.update(state="accepted", lease_until=None)
    issue.finish()
    subscriber.refresh_from_db()
    assert subscriber.news_from == issue.period_end
