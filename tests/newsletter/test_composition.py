import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from newsletter.models import DiaryEntry, Issue
from newsletter.models.composition import NoLongerDraft
from newsletter.models.period import SETTLING, default_period_start, latest_first_of_month, latest_monday_morning
from tests.newsletter.factories import make_draft, make_entry, make_issue, make_method

pytestmark = pytest.mark.django_db

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def wall(*parts: int) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=STOCKHOLM)


def test_a_digest_holds_what_is_new_methods_first(lab, coordinator):
    make_entry("Äldre", published_at=timezone.now() - datetime.timedelta(hours=3))
    make_entry("Nyare")
    make_entry("För gammal", published_at=timezone.now() - datetime.timedelta(days=8))
    make_draft("Utkast")
    make_method("Språkkafé", lab=lab, by=coordinator)
    issue = Issue.compose_weekly(until=timezone.now(), by=coordinator)
    assert [item.title for item in issue.items.with_sources()] == ["Språkkafé", "Nyare", "Äldre"]
    assert [(event.verb, event.actor) for event in issue.events.all()] == [("composed", coordinator)]


def test_nothing_new_makes_no_issue(db):
    assert Issue.compose_weekly(until=timezone.now()) is None
    assert Issue.objects.count() == 0


def test_composing_the_same_period_twice_gives_the_same_issue(entry):
    until = timezone.now() - datetime.timedelta(minutes=2)
    assert Issue.compose_weekly(until=until) == Issue.compose_weekly(until=until)
    assert Issue.compose_weekly(until=until - datetime.timedelta(hours=2)) == Issue.objects.get()


def test_the_next_digest_begins_where_the_last_ended(entry):
    first = make_issue()
    make_entry("Nyss", published_at=timezone.now() - SETTLING)
    second = Issue.compose_weekly(until=timezone.now())
    assert second.period_start == first.period_end
    assert [item.title for item in second.items.with_sources()] == ["Nyss"]


def test_composed_by_hand_it_does_not_step_past_what_is_just_being_published(coordinator_client, entry):
    pressed = timezone.now()
    coming = make_draft("Är på väg in")
    coordinator_client.post("/nyhetsbrev/utskick/", {"kind": "weekly"})
    DiaryEntry.objects.filter(pk=coming.pk).update(state="published", published_at=pressed)
    assert Issue.objects.get().period_end < pressed
    later = timezone.now() + SETTLING
    following = Issue.compose("weekly", until=later, now=later)
    assert [item.title for item in following.items.with_sources()] == ["Är på väg in"]


def test_each_kind_has_its_own_chain(entry):
    weekly, monthly = make_issue(), Issue.compose("monthly", until=timezone.now())
    assert [issue.items.count() for issue in (weekly, monthly)] == [1, 1]


def test_what_a_cancelled_digest_held_comes_again(entry, coordinator):
    make_issue().cancel(by=coordinator, because="Fel vecka.")
    assert [item.title for item in make_issue().items.with_sources()] == [entry.title]


def test_the_subject_says_which_week_in_both_languages(entry):
    issue = Issue.compose_weekly(until=latest_monday_morning(timezone.now()) + datetime.timedelta(days=7))
    # By the clock on the wall: when Tuesday begins on it, it is still Monday in UTC.
    week = (timezone.localtime(issue.period_end) - datetime.timedelta(days=1)).isocalendar().week
    assert issue.subject == f"Innovationslabbets dagbok, vecka {week}"
    assert issue.subject_en == f"The innovation lab’s diary, week {week}"


@pytest.fixture
def three(db) -> Issue:
    """An issue with A, B and C."""
    for title in ("C", "B", "A"):
        make_entry(title)
    return make_issue()


def titles(issue: Issue) -> list[str]:
    return [item.title for item in issue.items.with_sources()]


def test_items_are_put_in_order(three, coordinator):
    a, b, c = three.items.all()
    three.arrange([c.pk, a.pk, b.pk], by=coordinator)
    assert titles(three) == ["C", "A", "B"]
    assert three.events.newest_first()[0].particulars == {"order": [c.pk, a.pk, b.pk]}


def test_arranging_loses_nothing_that_somebody_else_has_done(three, coordinator, other_coordinator):
    a, b, c = three.items.all()
    three.add(make_entry("Ny"), by=other_coordinator)
    three.take_out(b.pk, by=other_coordinator)
    three.arrange([c.pk, b.pk, a.pk, 999999, c.pk], by=coordinator)
    assert titles(three) == ["C", "A", "Ny"]


@pytest.mark.parametrize(("steps", "order"), [(1, "ACB"), (-1, "BAC"), (0, "ABC"), (9, "ACB"), (-9, "BAC")])
def test_an_item_is_moved_no_further_than_to_an_end(three, coordinator, steps, order):
    three.move(three.items.all()[1].pk, steps, by=coordinator)
    assert "".join(titles(three)) == order


def test_who_moves_what_is_gone_changes_nothing(three, coordinator):
    three.move(999999, 1, by=coordinator)
    assert (titles(three), three.events.filter(verb="changed").exists()) == (["A", "B", "C"], False)


def test_a_longer_order_takes_no_more_queries(three, coordinator, django_assert_max_num_queries):
    for number in range(20):
        three.add(make_entry(f"Nr {number}"), by=coordinator)
    order = [item.pk for item in three.items.all()]
    with django_assert_max_num_queries(9):
        three.arrange(order[::-1], by=coordinator)
    assert [item.pk for item in three.items.all()] == order[::-1]


def test_an_order_that_is_the_same_leaves_no_trace(three, coordinator):
    three.arrange([item.pk for item in three.items.all()], by=coordinator)
    assert [event.verb for event in three.events.all()] == ["composed"]


def test_an_item_is_taken_out_once(three, coordinator):
    b = three.items.all()[1]
    assert [three.take_out(b.pk, by=coordinator) for _click in range(2)] == [True, False]
    assert titles(three) == ["A", "C"]


def test_entries_and_reports_are_put_in_once(three, lab, coordinator):
    entry, method = make_entry("Ny"), make_method("Språkkafé", lab=lab, by=coordinator)
    reports = [method.published]
    assert [three.add(entry, revisions=reports, by=coordinator) for _click in range(2)] == [2, 0]
    assert titles(three) == ["A", "B", "C", "Språkkafé", "Ny"]


def test_a_sent_issue_is_not_rearranged(issue, coordinator):
    Issue.objects.update(state="cancelled")
    with pytest.raises(NoLongerDraft):
        issue.arrange([issue.items.get().pk], by=coordinator)
    with pytest.raises(NoLongerDraft):
        issue.move(issue.items.get().pk, 1, by=coordinator)
    with pytest.raises(NoLongerDraft):
        issue.take_out(issue.items.get().pk, by=coordinator)
    with pytest.raises(NoLongerDraft):
        issue.add(make_entry("Sent"), by=coordinator)
    assert issue.items.count() == 1


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        (wall(2026, 11, 23, 6), wall(2026, 11, 23, 6)),
        (wall(2026, 11, 23, 5, 59), wall(2026, 11, 16, 6)),
        (wall(2026, 11, 29, 23, 59), wall(2026, 11, 23, 6)),
        # The clocks went forward the night before.
        (wall(2026, 3, 30, 6), wall(2026, 3, 30, 6)),
        (wall(2026, 3, 30, 5, 30), wall(2026, 3, 23, 6)),
        # And back.
        (wall(2026, 10, 26, 6), wall(2026, 10, 26, 6)),
        (wall(2026, 10, 26, 5, 59), wall(2026, 10, 19, 6)),
        # Over the turn of the year.
        (wall(2027, 1, 1, 0), wall(2026, 12, 28, 6)),
    ],
)
def test_monday_morning_is_by_the_clock_on_the_wall(now, monday):
    assert latest_monday_morning(now.astimezone(datetime.UTC)) == monday


def test_a_week_over_the_change_of_clocks_begins_at_the_same_hour():
    start = default_period_start("weekly", wall(2026, 3, 30, 6))
    assert start == wall(2026, 3, 23, 6)
    assert wall(2026, 3, 30, 6).astimezone(datetime.UTC) - start.astimezone(datetime.UTC) == datetime.timedelta(
        hours=167
    )


@pytest.mark.parametrize(
    ("until", "start"),
    [
        (wall(2025, 3, 29, 6), wall(2025, 2, 28, 6)),
        (wall(2026, 12, 31, 6), wall(2026, 11, 30, 6)),
        (wall(2026, 4, 1, 6), wall(2026, 3, 1, 6)),
        (wall(2026, 11, 1, 6), wall(2026, 10, 1, 6)),
        (wall(2026, 3, 31, 6), wall(2026, 2, 28, 6)),
        (wall(2026, 1, 1, 6), wall(2025, 12, 1, 6)),
        (wall(2024, 3, 30, 6), wall(2024, 2, 29, 6)),
    ],
)
def test_a_month_ends_where_months_end(until, start):
    assert default_period_start("monthly", until) == start


def test_the_first_of_the_month_by_the_clock():
    assert latest_first_of_month(wall(2026, 1, 1, 5)) == wall(2025, 12, 1, 6)
    assert latest_first_of_month(wall(2026, 1, 1, 6)) == wall(2026, 1, 1, 6)


@pytest.mark.parametrize(
    ("until", "week"),
    [
        (wall(2026, 11, 23, 6), 47),
        # The week with New Year in it belongs to the year that has more of it.
        (wall(2027, 1, 4, 6), 53),
        (wall(2027, 1, 11, 6), 1),
        (wall(2026, 1, 5, 6), 1),
        (wall(2024, 3, 4, 6), 9),
    ],
)
def test_the_week_in_the_subject_is_the_one_that_has_ended(until, week):
    with translation.override("sv"):
        assert Issue(kind="weekly", period_end=until).proposed_subject() == f"Innovationslabbets dagbok, vecka {week}"
