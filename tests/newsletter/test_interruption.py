"""Stopping the sending of an issue, for a while or for good."""

import pytest

from newsletter.models import Delivery, Issue
from newsletter.models.interruption import NotPaused, NotSending, TooLateToCancel
from newsletter.sending import Drain
from newsletter.tasks import kick_unfinished
from tests.newsletter.at_once import at_once
from tests.newsletter.factories import make_entry, make_issue, make_subscribers

pytestmark = pytest.mark.django_db(transaction=True)


def latest(issue: Issue) -> tuple[str, object, str]:
    event = issue.events.newest_first()[0]
    return event.verb, event.actor, event.note


def in_state(issue: Issue, state: str) -> Issue:
    Issue.objects.filter(pk=issue.pk).update(state=state, sent_at=issue.frozen_at if state == "sent" else None)
    issue.refresh_from_db()
    return issue


def test_a_pause_stops_the_issue_and_changes_no_delivery(frozen, coordinator):
    issue = frozen(3)
    issue.pause(by=coordinator)
    assert (issue.state, latest(issue)) == ("paused", ("paused", coordinator, ""))
    assert issue.deliveries.counts()["pending"] == 3
    assert Delivery.objects.claim(issue.pk, "one", 10) == []


@pytest.mark.parametrize("state", ["paused", "sent", "cancelled", "freezing", "draft"])
def test_only_what_is_being_sent_can_be_paused(frozen, coordinator, state):
    issue = in_state(frozen(1), state)
    with pytest.raises(NotSending):
        issue.pause(by=coordinator)
    issue.refresh_from_db()
    assert issue.state == state


def test_going_on_calls_the_workers_and_forgets_the_trouble(frozen, coordinator, kicked):
    issue = frozen(2)
    issue.halt("535 5.7.8 wrong password")
    kicked.clear()
    issue.resume(by=coordinator)
    assert (issue.state, issue.trouble, latest(issue)) == ("sending", "", ("resumed", coordinator, ""))
    assert kicked == [issue.pk]
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert issue.state == "sent"


@pytest.mark.parametrize("state", ["sending", "sent", "cancelled"])
def test_only_what_is_paused_can_go_on(frozen, coordinator, kicked, state):
    issue = in_state(frozen(1), state)
    kicked.clear()
    with pytest.raises(NotPaused):
        issue.resume(by=coordinator)
    issue.refresh_from_db()
    assert (issue.state, kicked) == (state, [])


def test_an_issue_with_nothing_left_to_send_is_sent_as_soon_as_it_goes_on(frozen, coordinator):
    issue = frozen(1)
    issue.pause(by=coordinator)
    issue.deliveries.update(state="accepted")
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert issue.state == "paused"
    issue.resume(by=coordinator)
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert issue.state == "sent"


def test_the_mail_server_s_words_pause_the_issue_once(frozen):
    issue = frozen(1)
    assert issue.halt("535 5.7.8 " + "no" * 200) is True
    assert (issue.state, len(issue.trouble)) == ("paused", 300)
    assert Issue.objects.get(pk=issue.pk).halt("another worker finds out") is False
    issue.refresh_from_db()
    assert issue.trouble.startswith("535 5.7.8 nono")
    assert [event.verb for event in issue.events.newest_first()].count("halted") == 1
    verb, actor, note = latest(issue)
    assert (verb, actor) == ("halted", None)
    assert note.startswith("535 5.7.8 nono")


def test_a_mail_server_that_lets_nobody_in_does_not_bring_a_cancelled_issue_back(frozen, coordinator):
    issue = frozen(1)
    issue.cancel(by=coordinator)
    assert issue.halt("535 no") is False
    issue.refresh_from_db()
    assert issue.state == "cancelled"


def test_cancelling_skips_who_waits_and_says_how_many(frozen, coordinator):
    issue = frozen(5)
    first, second, *_others = Delivery.objects.claim(issue.pk, "one", 2)
    Delivery.objects.begin([first.id], "one")
    Delivery.objects.filter(pk=issue.deliveries.order_by("-pk")[0].pk).update(state="accepted")
    issue.cancel(by=coordinator, because="fel datum")
    assert issue.state == "cancelled"
    verb, actor, note = latest(issue)
    assert (verb, actor, note) == ("cancelled", coordinator, "fel datum")
    counts = issue.deliveries.counts()
    assert (counts["skipped"], counts["claimed"], counts["submitting"], counts["accepted"]) == (2, 1, 1, 1)
    # What is in a worker's hands and not begun is not begun any more.
    assert Delivery.objects.begin([second.id], "one") == []


def test_a_cancelling_is_known_to_all_before_its_work_on_many_rows_begins(frozen, coordinator, monkeypatch):
    """Workers begin mails as long as others see the issue being sent."""
    issue = frozen(3)
    Delivery.objects.claim(issue.pk, "one", 1)
    seen: list[object] = []
    real = Issue.settle

    def settle(self: Issue) -> None:
        at_once(lambda: seen.append(Issue.objects.get(pk=issue.pk).state))
        real(self)

    monkeypatch.setattr(Issue, "settle", settle)
    issue.cancel(by=coordinator)
    assert seen == ["cancelled"]
    assert issue.deliveries.counts()["skipped"] == 2


def test_a_cancelling_that_was_interrupted_is_brought_to_its_end_by_the_clock(frozen, coordinator, monkeypatch):
    issue = frozen(3)
    with monkeypatch.context() as broken:
        broken.setattr(Issue, "finish", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            issue.cancel(by=coordinator)
    assert (Issue.objects.get(pk=issue.pk).state, issue.deliveries.counts()["pending"]) == ("cancelled", 3)
    kick_unfinished()
    assert issue.deliveries.counts()["skipped"] == 3


def test_a_paused_issue_can_be_cancelled(frozen, coordinator):
    issue = frozen(2)
    issue.pause(by=coordinator)
    issue.cancel(by=coordinator)
    assert (issue.state, issue.deliveries.counts()["skipped"]) == ("cancelled", 2)


def test_an_issue_that_is_about_to_be_frozen_can_be_cancelled(kicked, coordinator):
    make_entry()
    make_subscribers(1)
    issue = make_issue()
    issue.send(by=coordinator)
    Issue.objects.get(pk=issue.pk).cancel(by=coordinator)
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert (issue.state, issue.deliveries.count()) == ("cancelled", 0)


@pytest.mark.parametrize("state", ["sent", "cancelled"])
def test_what_is_over_cannot_be_cancelled(frozen, coordinator, state):
    issue = in_state(frozen(1), state)
    with pytest.raises(TooLateToCancel):
        issue.cancel(by=coordinator)
    assert issue.deliveries.counts()["pending"] == 1
