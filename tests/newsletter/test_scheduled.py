"""Issues that are sent by themselves at a set time, and those that are not."""

import datetime

import pytest
from django.utils import timezone

from newsletter.models import Delivery, Issue, Schedule
from newsletter.models.period import SETTLING, latest_monday_morning
from newsletter.tasks import kick_unfinished, publish_due_entries
from tests.newsletter.factories import make_draft, make_entry, make_frozen

pytestmark = pytest.mark.django_db

MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def held(kicked) -> list[int]:
    """Orders do not reach a worker by themselves."""
    return kicked


@pytest.fixture
def scheduled(issue, coordinator) -> Issue:
    issue.schedule(timezone.now() + HOUR, by=coordinator, audience=1)
    return issue


def beat_at(now: datetime.datetime, issue: Issue) -> str:
    Issue.send_due(now)
    issue.refresh_from_db()
    return issue.state


def test_a_scheduled_issue_goes_out_at_its_time(scheduled):
    assert beat_at(scheduled.send_at - MINUTE, scheduled) == "scheduled"
    assert beat_at(scheduled.send_at + HOUR, scheduled) == "freezing"


def test_a_scheduled_issue_that_is_long_overdue_asks(scheduled):
    assert beat_at(scheduled.send_at + 3 * HOUR, scheduled) == "draft"
    held = scheduled.events.newest_first()[0]
    assert held.verb == "held_back"
    assert held.note.startswith("Den utsatta tiden passerades med mer än 2 timmar innan utskicket")


def test_how_overdue_is_too_much_is_a_setting(scheduled, settings):
    settings.NEWSLETTER_OVERDUE_HOURS = 4
    assert beat_at(scheduled.send_at + 3 * HOUR, scheduled) == "freezing"


def test_an_issue_whose_time_was_taken_back_meanwhile_is_not_sent(scheduled, coordinator):
    stale = Issue.objects.get()
    scheduled.unschedule(by=coordinator)
    stale.send_on_time(stale.send_at + MINUTE)
    assert Issue.objects.get().state == "draft"


def test_an_issue_whose_time_was_moved_meanwhile_waits_for_it(scheduled, coordinator):
    stale = Issue.objects.get()
    scheduled.schedule(timezone.now() + 5 * HOUR, by=coordinator, audience=1)
    stale.send_on_time(timezone.now() + HOUR + MINUTE)
    assert Issue.objects.get().state == "scheduled"


def test_scheduled_for_readers_who_have_all_left_it_is_held_back(scheduled, subscriber):
    subscriber.leave()
    assert beat_at(scheduled.send_at, scheduled) == "draft"
    assert scheduled.events.newest_first()[0].note.startswith("Ingen skulle få det här utskicket")


# --- What one of them meets with is not the others' trouble -----------------------------------------------------------


@pytest.fixture
def two_scheduled(coordinator, subscriber) -> list[Issue]:
    """Two special issues whose set time has come."""
    issues = [Issue.objects.create(kind="special", subject=subject) for subject in ("Trasigt", "Helt")]
    for issue in issues:
        issue.put_in(entries=[make_entry(f"I {issue}")])
        issue.schedule(timezone.now() + HOUR, by=coordinator, audience=1)
    Issue.objects.update(send_at=timezone.now() - MINUTE)
    return issues


def broken(monkeypatch, owner: type, verb: str, *, only: str) -> None:
    """That verb raises for the row with that title, and works for all others."""
    works = getattr(owner, verb)

    def raising(self, *given, **named):
        if str(self) == only:
            raise ZeroDivisionError(only)
        return works(self, *given, **named)

    monkeypatch.setattr(owner, verb, raising)


def test_a_scheduled_issue_that_raises_keeps_no_other_waiting(two_scheduled, monkeypatch, caplog):
    broken(monkeypatch, Issue, "send_on_time", only="Trasigt")
    kick_unfinished()
    assert sorted(Issue.objects.values_list("subject", "state")) == [("Helt", "freezing"), ("Trasigt", "scheduled")]
    (line,) = [record for record in caplog.records if record.exc_info]
    assert line.message == f"The clock could not send issue {two_scheduled[0].pk} at its time"


def test_an_issue_that_cannot_even_be_held_back_keeps_no_other_waiting(two_scheduled, subscriber, monkeypatch):
    subscriber.leave()
    broken(monkeypatch, Issue, "hold_back", only="Trasigt")
    kick_unfinished()
    assert sorted(Issue.objects.values_list("subject", "state")) == [("Helt", "draft"), ("Trasigt", "scheduled")]


def left_by_a_dead_worker(issue: Issue) -> None:
    Delivery.objects.claim(issue.pk, "dead", 10)
    issue.deliveries.update(lease_until=timezone.now() - HOUR)


@pytest.mark.parametrize("step", ["send_due", "compose_due"])
def test_a_step_that_raises_keeps_no_other_from_being_taken(subscriber, held, monkeypatch, step):
    def raising(now):
        raise ZeroDivisionError

    monkeypatch.setattr(Issue, step, raising)
    issue = make_frozen("På väg", [subscriber])
    left_by_a_dead_worker(issue)
    kick_unfinished()
    assert (issue.deliveries.get().state, held) == ("pending", [issue.pk])


def test_books_that_cannot_be_closed_keep_no_issue_from_going_on(subscriber, held, monkeypatch):
    issue = make_frozen("På väg", [subscriber])
    left_by_a_dead_worker(issue)
    broken(monkeypatch, Issue, "finish", only="På väg")
    kick_unfinished()
    assert held == [issue.pk]


def test_an_issue_that_no_worker_can_be_called_to_keeps_no_other_from_going_on(subscriber, held, monkeypatch):
    make_frozen("Trasigt", [subscriber])
    issue = make_frozen("Helt", [subscriber])
    broken(monkeypatch, Issue, "keep_going", only="Trasigt")
    kick_unfinished()
    assert held == [issue.pk]


def test_digests_are_composed_whatever_else_raises(subscriber, monkeypatch):
    Schedule.objects.create(rhythm="weekly", automatic=True)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    # Before the last digest was due, and not long before: eight days ago is too early just after a Monday morning.
    make_entry("Nytt", published_at=latest_monday_morning(now - SETTLING) - HOUR)
    monkeypatch.setattr(Issue, "send_due", lambda now: 1 / 0)
    monkeypatch.setattr("newsletter.calls.nobody_is_waited_for", lambda: 1 / 0)
    kick_unfinished()
    assert Issue.objects.filter(kind="weekly").count() == 1


def test_an_entry_that_raises_keeps_no_other_from_being_published(monkeypatch, lab):
    entries = [make_draft(title, lab=lab) for title in ("Trasigt", "Helt")]
    type(entries[0]).objects.update(state="scheduled", publish_at=timezone.now() - MINUTE)
    broken(monkeypatch, type(entries[0]), "publish", only="Trasigt")
    publish_due_entries()
    states = {str(entry): entry.state for entry in type(entries[0]).objects.all()}
    assert states == {"Trasigt": "scheduled", "Helt": "published"}
