"""What a cancelled digest held comes with the next one."""

import pytest
from django.utils import timezone

from newsletter.models import DiaryEntry, Issue
from tests.newsletter.digests import NOW, ago, digest, freeze, news, send, told
from tests.newsletter.factories import make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def held(monkeypatch):
    """Orders do not reach a worker by themselves: the test says what became of each mail."""
    monkeypatch.setattr("newsletter.tasks.enqueue_drain", lambda *call, **kind: True)


def test_a_cancelled_draft_hands_its_period_to_the_one_that_waits_after_it(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    second = digest("weekly", 8)
    Issue.objects.filter(pk=second.pk).update(state="scheduled", send_at=timezone.now())
    first.cancel(by=coordinator)
    second.refresh_from_db()
    assert (second.state, second.period_start) == ("draft", first.period_start)
    assert [item.title for item in second.items.with_sources()] == ["B", "A"]
    assert [(event.verb, event.note) for event in second.events.newest_first()][:2] == [
        ("taken_over", first.subject),
        ("pulled_back", first.subject),
    ]
    send(second)
    assert told(subscriber) == ["B", "A"]


def test_a_draft_cancelled_after_a_later_digest_has_gone_out_is_told_by_the_next(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    news("C", 2)
    third = send(digest("weekly", 1))
    assert told(subscriber) == ["B", "C", "A"]
    assert [event.note for event in third.events.order_by("pk")][:2] == ["", first.subject]
    news("D", 0.5)
    send(digest("weekly", 0.1))
    assert told(subscriber) == ["B", "C", "A", "D"]


def test_with_nothing_else_to_tell_it_makes_a_digest_by_itself(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    send(digest("weekly", 1))
    assert told(subscriber) == ["B", "A"]


def test_a_draft_that_waits_further_on_takes_it_over_at_once(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    news("C", 2)
    third = digest("weekly", 1)
    first.cancel(by=coordinator)
    third.refresh_from_db()
    assert third.period_start == ago(8)
    send(third)
    assert told(subscriber) == ["B", "C", "A"]


def test_taken_out_of_the_next_one_by_a_person_it_does_not_come_again(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    news("C", 2)
    third = digest("weekly", 1)
    third.take_out(third.items.get(entry__title="A").pk, by=coordinator)
    send(third)
    assert Issue.compose("weekly", until=NOW) is None
    assert told(subscriber) == ["B", "C"]


def test_the_next_one_cancelled_as_well_hands_it_further(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    news("C", 2)
    digest("weekly", 1).cancel(by=coordinator)
    send(digest("weekly", 0.1))
    assert told(subscriber) == ["B", "C", "A"]


def test_what_a_person_had_put_into_a_cancelled_digest_comes_with_the_next(subscriber, coordinator):
    news("Gammalt", 60)
    news("A", 16)
    first = digest("weekly", 15)
    first.add(DiaryEntry.objects.get(title="Gammalt"), by=coordinator)
    first.cancel(by=coordinator)
    send(digest("weekly", 8))
    assert told(subscriber) == ["A", "Gammalt"]


def test_what_was_withdrawn_meanwhile_is_not_taken_over(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    DiaryEntry.objects.get(title="A").withdraw(by=coordinator)
    first.cancel(by=coordinator)
    assert Issue.compose("weekly", until=NOW) is None


def test_what_some_have_got_and_others_have_been_overtaken_by_is_not_told_again(subscriber, coordinator):
    """Nobody can tell any more who lacks it. The page where it is cancelled does not promise it."""
    other = make_subscriber("kvar@example.org")
    news("A", 16)
    half = freeze(digest("weekly", 15))
    half.deliveries.filter(subscriber=subscriber).update(state="accepted")
    assert half.comes_again
    news("B", 9)
    send(digest("weekly", 8))
    assert not half.comes_again
    half.cancel(by=coordinator)
    assert Issue.compose("weekly", until=NOW) is None
    assert (told(subscriber), told(other)) == (["A", "B"], ["B"])


def test_written_down_but_got_by_nobody_it_comes_again_after_a_later_one(subscriber, coordinator):
    news("A", 16)
    first = freeze(digest("weekly", 15))
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    send(digest("weekly", 0.1))
    assert told(subscriber) == ["B", "A"]


def test_each_rhythm_takes_over_its_own(subscriber, coordinator):
    monthly = make_subscriber("manad@example.org", frequency="monthly")
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    news("C", 2)
    send(digest("monthly", 1))
    send(digest("weekly", 1))
    assert (told(subscriber), told(monthly)) == (["B", "C", "A"], ["C", "B", "A"])
