"""Digests that are composed by themselves, and those that are not: with beats missed and clocks gone wrong."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from newsletter.models import Issue, Schedule
from tests.newsletter.factories import make_entry, make_subscriber

pytestmark = pytest.mark.django_db

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)


def wall(*parts: int) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=STOCKHOLM)


MONDAY = wall(2026, 11, 23, 6)
SOON = MONDAY + 2 * MINUTE


@pytest.fixture(autouse=True)
def held(monkeypatch):
    """Orders do not reach a worker by themselves."""
    monkeypatch.setattr("newsletter.tasks.enqueue_drain", lambda *call, **kind: True)


@pytest.fixture
def automatic(db):
    for rhythm in ("each", "weekly", "monthly"):
        Schedule.objects.create(rhythm=rhythm, automatic=True)


def news(at: datetime.datetime, title: str = "Nytt", **fields: Any) -> None:
    make_entry(title, published_at=at, **fields)


def found() -> list[tuple[str, str, datetime.datetime, datetime.datetime]]:
    return list(Issue.objects.order_by("pk").values_list("kind", "state", "period_start", "period_end"))


def test_monday_morning_composes_and_waits_for_a_coordinator(subscriber):
    news(MONDAY - HOUR)
    Issue.compose_due(SOON)
    assert found() == [("weekly", "draft", wall(2026, 11, 16, 6), MONDAY)]


def test_monday_morning_sends_when_the_schedule_says_so(subscriber, automatic):
    news(MONDAY - HOUR)
    Issue.compose_due(SOON)
    assert found() == [("weekly", "freezing", wall(2026, 11, 16, 6), MONDAY)]
    assert [(event.verb, event.actor) for event in Issue.objects.get().events.order_by("pk")] == [
        ("composed", None), ("sending_ordered", None),
    ]  # fmt: skip


def test_the_minute_before_is_left_to_those_just_publishing(subscriber):
    news(MONDAY - HOUR)
    Issue.compose_due(MONDAY)
    assert found() == []
    Issue.compose_due(MONDAY + MINUTE)
    assert [issue[3] for issue in found()] == [MONDAY]


def test_the_first_of_the_month_composes_for_the_monthly_readers():
    make_subscriber(frequency="monthly")
    news(wall(2026, 11, 10, 12))
    Issue.compose_due(wall(2026, 12, 1, 6, 2))
    assert found() == [("monthly", "draft", wall(2026, 11, 1, 6), wall(2026, 12, 1, 6))]


def test_a_month_after_a_month_over_the_change_of_clocks():
    make_subscriber(frequency="monthly")
    for month in (10, 11):
        news(wall(2026, month, 15, 12), f"Månad {month}")
        Issue.compose_due(wall(2026, month + 1, 1, 6, 2))
    assert [issue[2:] for issue in found()] == [
        (wall(2026, 10, 1, 6), wall(2026, 11, 1, 6)),
        (wall(2026, 11, 1, 6), wall(2026, 12, 1, 6)),
    ]


def test_the_weeks_over_the_changes_of_clocks_follow_on_each_other(subscriber):
    for sunday in (wall(2026, 3, 29, 12), wall(2026, 10, 25, 12)):
        news(sunday, f"{sunday:%B}")
        Issue.compose_due(sunday + 19 * HOUR)
    assert [(issue[1], issue[3]) for issue in found()] == [
        ("draft", wall(2026, 3, 30, 6)),
        ("draft", wall(2026, 10, 26, 6)),
    ]
    assert {(end.astimezone(STOCKHOLM).hour, end.astimezone(STOCKHOLM).weekday()) for *_, end in found()} == {(6, 0)}


@pytest.mark.parametrize("late", [5 * MINUTE, 3 * HOUR])
def test_a_missed_beat_is_made_up_for(subscriber, automatic, late):
    news(MONDAY - HOUR)
    Issue.compose_due(MONDAY + late)
    assert found() == [("weekly", "freezing", wall(2026, 11, 16, 6), MONDAY)]


def test_made_up_for_too_late_it_asks(subscriber, automatic):
    news(MONDAY - HOUR)
    Issue.compose_due(MONDAY + 7 * HOUR)
    Issue.compose_due(MONDAY + 8 * HOUR)
    assert found() == [("weekly", "draft", wall(2026, 11, 16, 6), MONDAY)]
    assert [event.verb for event in Issue.objects.get().events.order_by("pk")] == ["composed", "composed_late"]


def test_how_late_is_too_late_is_a_setting(subscriber, automatic, settings):
    settings.NEWSLETTER_LATE_HOURS = 8
    news(MONDAY - HOUR)
    Issue.compose_due(MONDAY + 7 * HOUR)
    assert Issue.objects.get().state == "freezing"


def test_weeks_that_were_slept_through_are_told_in_one(subscriber):
    news(MONDAY - HOUR, "Första")
    Issue.compose_due(SOON)
    for weeks in (1, 2, 3):
        news(MONDAY + datetime.timedelta(weeks=weeks) - HOUR, f"Vecka {weeks}")
    Issue.compose_due(MONDAY + datetime.timedelta(weeks=3) + HOUR)
    latest = Issue.objects.latest("pk")
    assert (latest.period_start, latest.period_end) == (MONDAY, MONDAY + datetime.timedelta(weeks=3))
    assert latest.items.count() == 3


def test_every_beat_after_the_first_does_nothing(subscriber, automatic):
    news(MONDAY - HOUR)
    for minutes in range(2, 200, 20):
        Issue.compose_due(MONDAY + minutes * MINUTE)
    assert Issue.objects.count() == 1


def test_a_clock_that_jumps_to_and_fro_doubles_nothing(subscriber, automatic):
    news(MONDAY - HOUR)
    for moment in (SOON, SOON - 3 * HOUR, SOON, SOON + 30 * HOUR, SOON - datetime.timedelta(days=9), SOON):
        Issue.compose_due(moment)
    assert [issue[3] for issue in found()] == [MONDAY]


def test_after_a_clock_far_ahead_the_cancelled_digest_does_not_stand_in_the_way(subscriber, coordinator):
    news(MONDAY - datetime.timedelta(days=8), "Förra veckan")
    Issue.compose_due(SOON - datetime.timedelta(days=7))
    news(MONDAY - HOUR)
    Issue.compose_due(SOON + datetime.timedelta(days=365))
    Issue.compose_due(SOON)
    assert Issue.objects.count() == 2
    Issue.objects.latest("pk").cancel(by=coordinator)
    Issue.compose_due(SOON)
    assert found()[-1][1:] == ("draft", wall(2026, 11, 16, 6), MONDAY)


def test_what_a_person_cancelled_does_not_come_again_before_the_next(subscriber, automatic, coordinator):
    news(MONDAY - HOUR, "Första")
    Issue.compose_due(SOON)
    Issue.objects.get().cancel(by=coordinator)
    Issue.compose_due(SOON + HOUR)
    assert Issue.objects.count() == 1
    news(MONDAY + HOUR, "Andra")
    Issue.compose_due(SOON + datetime.timedelta(days=7))
    assert [item.title for item in Issue.objects.latest("pk").items.with_sources()] == ["Andra", "Första"]


def test_what_a_person_has_composed_is_sent_by_a_person(subscriber, automatic, coordinator):
    news(MONDAY - HOUR)
    issue = Issue.compose("weekly", until=MONDAY + MINUTE, by=coordinator)
    Issue.compose_due(SOON)
    issue.refresh_from_db()
    assert (Issue.objects.count(), issue.state) == (1, "draft")


def test_a_draft_the_clock_left_waiting_is_not_sent_when_the_schedule_changes(subscriber):
    news(MONDAY - HOUR)
    Issue.compose_due(SOON)
    Schedule.objects.create(rhythm="weekly", automatic=True)
    Issue.compose_due(SOON + MINUTE)
    assert Issue.objects.get().state == "draft"


def test_for_nobody_nothing_is_composed(lab, other_lab, automatic):
    news(MONDAY - HOUR, lab=lab)
    Issue.compose_due(SOON)
    make_subscriber(labs=[other_lab])
    make_subscriber("genast@example.org", labs=[other_lab], frequency="each")
    Issue.compose_due(SOON)
    assert found() == []


def test_news_nobody_wanted_at_once_waits_for_who_does(lab, other_lab, automatic):
    make_subscriber(labs=[other_lab])
    news(MONDAY - HOUR, "En", lab=lab)
    Issue.compose_due(SOON)
    news(MONDAY + HOUR, "Två", lab=other_lab)
    Issue.compose_due(SOON + datetime.timedelta(days=7))
    assert [issue[1] for issue in found()] == ["freezing"]


def test_one_rhythm_that_cannot_be_composed_does_not_keep_the_others_waiting(subscriber, monkeypatch):
    make_subscriber("manad@example.org", frequency="monthly")
    news(wall(2026, 5, 31, 12))
    real = Issue.compose_by_clock.__func__

    def broken(cls, kind, **times):
        if kind == "weekly":
            raise ValueError("no")
        real(cls, kind, **times)

    monkeypatch.setattr(Issue, "compose_by_clock", classmethod(broken))
    Issue.compose_due(wall(2026, 6, 1, 6, 2))
    assert [issue[0] for issue in found()] == ["monthly"]


def test_as_it_happens_only_when_switched_on():
    now = timezone.now()
    make_subscriber("genast@example.org", frequency="each")
    news(now - 5 * MINUTE)
    Issue.compose_due(now)
    assert Issue.objects.count() == 0
    Schedule.objects.create(rhythm="each", automatic=True)
    for beat in range(3):
        Issue.compose_due(now + beat * MINUTE)
    assert [issue[:2] for issue in found()] == [("each", "freezing")]


def test_as_it_happens_but_long_after_asks(automatic):
    make_subscriber("genast@example.org", frequency="each")
    now = timezone.now()
    news(now - 20 * HOUR)
    Issue.compose_due(now)
    assert [issue[:2] for issue in found()] == [("each", "draft")]


def test_as_it_happens_cancelled_waits_for_the_next_news(automatic, coordinator):
    make_subscriber("genast@example.org", frequency="each")
    now = timezone.now() - 2 * HOUR
    news(now - 5 * MINUTE, "Fel")
    Issue.compose_due(now)
    Issue.objects.get().cancel(by=coordinator)
    for beat in range(1, 4):
        Issue.compose_due(now + beat * MINUTE)
    assert Issue.objects.count() == 1
    news(now + 10 * MINUTE, "Rätt")
    Issue.compose_due(now + 20 * MINUTE)
    assert [item.title for item in Issue.objects.latest("pk").items.with_sources()] == ["Rätt", "Fel"]
