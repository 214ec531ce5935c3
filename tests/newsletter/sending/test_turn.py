"""A worker's turn: how an issue goes out, stops and goes on, whatever the mail server does."""

import itertools
import threading
import time
from collections import Counter

import pytest
from django.core import mail
from django.db import connection

from newsletter.models import Issue
from newsletter.sending import Drain
from tests.newsletter.scripted import HANG_UP, SAY_NOTHING, until
from tests.newsletter.sending.turns import counts, everybody, time_passes, to
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("stop", ["pause", "cancel"])
def test_a_stop_takes_effect_within_two_seconds_though_the_server_is_slow(scripted, frozen, at_work, settings, stop):
    settings.NEWSLETTER_CONNECTIONS = 3
    stopped = threading.Event()

    def answer(_recipient: str) -> None:
        time.sleep(0.4)
        # The stop comes while the second of each connection is under way, however late it comes.
        if len(server.kept) >= 3:
            stopped.wait(20)

    server = scripted(**{".": answer})
    issue = frozen(30)
    worker = at_work(issue)
    until(lambda: len(server.kept) >= 3)
    getattr(Issue.objects.get(pk=issue.pk), stop)(by=None)
    begun = issue.deliveries.filter(attempt__gt=0).count()
    with Stopwatch() as watch:
        stopped.set()
        worker.join(60)
    assert watch.seconds < 2
    # Nothing was begun after the verb had returned.
    assert issue.deliveries.filter(attempt__gt=0).count() == begun
    assert len(server.kept) == begun <= 9
    waits = "pending" if stop == "pause" else "skipped"
    assert counts(issue) == {"accepted": begun, waits: 30 - begun}


def test_a_quick_server_that_turns_slow_does_not_make_a_pause_late(scripted, frozen, at_work, settings, monkeypatch):
    """Where mails are quick, each connection has the next at hand: it is called back when the first takes long."""
    monkeypatch.setattr("newsletter.sending.lanes.LONG", 0.3)
    settings.NEWSLETTER_CONNECTIONS = 2
    stuck, free = threading.Event(), threading.Event()
    server = scripted()

    def answer(_recipient: str) -> None:
        if len(server.kept) >= 60:
            stuck.set()
            free.wait(20)

    server.steps["."] = answer
    issue = frozen(80)
    worker = at_work(issue)
    assert stuck.wait(20)
    until(lambda: issue.deliveries.filter(state="submitting").count() == 2)
    Issue.objects.get(pk=issue.pk).pause(by=None)
    begun = issue.deliveries.filter(state="submitting").count()
    kept = len(server.kept)
    free.set()
    worker.join(10)
    assert len(server.kept) == kept + begun
    assert counts(issue) == {"accepted": kept + begun, "pending": 80 - kept - begun}
    assert set(issue.deliveries.filter(state="pending").values_list("attempt", flat=True)) == {0}


def test_a_paused_issue_goes_on_where_it_stopped(scripted, frozen, settings):
    settings.NEWSLETTER_CONNECTIONS = 2
    server = scripted()
    issue = frozen(20)
    numbers, paused = itertools.count(1), threading.Event()

    def pause_after_five(_recipient: str) -> None:
        number = next(numbers)
        if number == 6:
            thread = threading.Thread(
                target=lambda: (Issue.objects.get(pk=issue.pk).pause(by=None), connection.close())
            )
            thread.start()
            thread.join()
            paused.set()
        elif number > 6:
            paused.wait(20)

    server.steps["."] = pause_after_five
    assert Drain(issue.pk).run() is False
    issue.refresh_from_db()
    assert issue.state == "paused"
    first = len(server.kept)
    assert 5 <= first <= 10
    Drain(issue.pk).run()
    assert len(server.kept) == first
    server.steps.clear()
    issue.resume(by=None)
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert (issue.state, to(server)) == ("sent", everybody(20))


def test_a_wrong_password_pauses_the_issue_in_the_server_s_words_and_loses_nothing(scripted, frozen, settings):
    server = scripted(offers=("AUTH PLAIN",), AUTH="535 5.7.8 Username and password not accepted")
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "site", "wrong"
    issue = frozen(5)
    assert Drain(issue.pk).run() is False
    issue.refresh_from_db()
    assert (issue.state, issue.trouble) == ("paused", "535 5.7.8 Username and password not accepted")
    assert counts(issue) == {"pending": 5}
    assert set(issue.deliveries.values_list("attempt", flat=True)) == {0}
    assert [event.verb for event in issue.events.newest_first()].count("halted") == 1
    server.steps["AUTH"] = "235 2.7.0 Welcome"
    issue.resume(by=None)
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert (issue.state, issue.trouble, to(server)) == ("sent", "", everybody(5))


def test_a_server_that_wants_a_password_pauses_the_issue_and_loses_nothing(scripted, frozen, settings):
    settings.NEWSLETTER_CONNECTIONS = 2
    server = scripted(MAIL="530 5.7.0 Authentication required")
    issue = frozen(8)
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert (issue.state, issue.trouble) == ("paused", "530 5.7.0 Authentication required")
    assert counts(issue) == {"pending": 8}
    # Not everybody was tried in vain.
    assert issue.deliveries.filter(attempt=0).count() >= 4
    server.steps.clear()
    issue.resume(by=None)
    time_passes(issue)
    Drain(issue.pk).run()
    assert to(server) == everybody(8)


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ({"RCPT": "550 relay not permitted"}, "failed"),
        ({"RCPT": "550 5.1.1 nobody is known here"}, "failed"),
        ({".": "554 5.7.1 this looks like spam"}, "failed"),
        ({".": HANG_UP}, "unknown"),
    ],
    ids=["relaying denied", "nobody known", "spam", "hangs up"],
)
def test_when_everything_is_in_vain_a_person_has_a_look_before_it_has_happened_to_everybody(
    scripted, frozen, settings, steps, state
):
    settings.NEWSLETTER_CONNECTIONS = 2
    server = scripted(**steps)
    issue = frozen(60)
    assert Drain(issue.pk).run() is False
    issue.refresh_from_db()
    assert issue.state == "paused"
    assert issue.trouble == issue.deliveries.filter(state=state)[0].smtp_reply
    assert 20 <= counts(issue)[state] <= 20 + 4
    lost = counts(issue)[state]
    server.steps.clear()
    issue.resume(by=None)
    Drain(issue.pk).run()
    assert counts(issue) == {state: lost, "accepted": 60 - lost}


def test_single_failures_stop_nobody(scripted, frozen, settings):
    settings.NEWSLETTER_CONNECTIONS = 1
    server = scripted()
    server.steps["."] = lambda _recipient: "554 5.6.0 not this one" if len(server.heard) // 3 % 10 else None
    issue = frozen(60)
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert issue.state == "sent"
    assert counts(issue)["failed"] > 40


def test_a_server_that_is_down_is_told_of_and_gets_all_when_it_is_back(scripted, frozen):
    server = scripted(hello="421 4.3.2 Down for maintenance")
    issue = frozen(4)
    assert Drain(issue.pk).run() is False
    issue.refresh_from_db()
    assert (issue.state, issue.trouble) == ("sending", "421 4.3.2 Down for maintenance")
    assert counts(issue) == {"pending": 4}
    server.steps.clear()
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert (issue.state, issue.trouble, to(server)) == ("sent", "", everybody(4))


def test_a_server_that_never_answers_at_the_door_is_told_of_though_that_takes_longer_than_a_turn(
    scripted, frozen, settings, monkeypatch
):
    """As behind a firewall that drops what it does not like: connecting takes as long as we are willing to wait."""
    monkeypatch.setattr("newsletter.sending.turn.LASTS", 0.3)
    scripted(hello=SAY_NOTHING)
    settings.EMAIL_TIMEOUT = 1.0
    settings.NEWSLETTER_CONNECTIONS = 2
    issue = frozen(2)
    assert Drain(issue.pk).run() is False
    issue.refresh_from_db()
    assert issue.trouble.startswith("SMTPServerDisconnected: ")
    assert counts(issue) == {"pending": 2}


def test_a_server_that_takes_longer_than_a_turn_to_let_us_in_gets_its_mail(scripted, frozen, monkeypatch):
    monkeypatch.setattr("newsletter.sending.turn.LASTS", 0.3)
    server = scripted(hello=lambda _said: time.sleep(0.6))
    issue = frozen(3)
    Drain(issue.pk).run()
    assert to(server) == everybody(3)


def test_settings_that_make_no_sense_are_told_as_trouble(frozen, settings):
    settings.EMAIL_BACKEND = "no.such.Backend"
    issue = frozen(1)
    assert Drain(issue.pk).run() is False
    issue.refresh_from_db()
    assert issue.trouble == "ModuleNotFoundError: No module named 'no'"
    assert counts(issue) == {"pending": 1}


def test_connections_that_go_down_with_mails_at_hand_lose_none(scripted, frozen, settings):
    settings.NEWSLETTER_CONNECTIONS = 3
    server = scripted()

    def answer(_recipient: str) -> str | None:
        if len(server.kept) < 7:
            return None
        server.shut_the_door()
        return HANG_UP

    server.steps["MAIL"] = answer
    issue = frozen(20)
    assert Drain(issue.pk).run() is False
    issue.refresh_from_db()
    assert issue.trouble != ""
    assert counts(issue) == {"accepted": len(server.kept), "pending": 20 - len(server.kept)}
    again = scripted()
    time_passes(issue)
    Drain(issue.pk).run()
    assert to(server) + to(again) == everybody(20)


@pytest.mark.parametrize("offers", [("PIPELINING",), ("SIZE 1000000",)], ids=["pipelining", "step by step"])
def test_one_connection_is_enough(scripted, frozen, settings, offers):
    settings.NEWSLETTER_CONNECTIONS = 1
    server = scripted(offers=offers)
    issue = frozen(12)
    Drain(issue.pk).run()
    assert (to(server), server.connections) == (everybody(12), 1)


def test_a_connection_that_hangs_holds_nobody_else_up(scripted, frozen, at_work, settings):
    settings.NEWSLETTER_CONNECTIONS = 3
    free = threading.Event()
    server = scripted()
    server.steps["."] = lambda recipient: (
        free.wait(20) and None if recipient == "lasare0@example.org" else time.sleep(0.12)
    )
    issue = frozen(12)
    at_work(issue)
    until(lambda: len(server.kept) == 11, seconds=10)
    free.set()
    until(lambda: issue.deliveries.filter(state="accepted").count() == 12)


# --- Other mail backends ---------------------------------------------------------------------------------------------


def test_another_mail_backend_sends_each_once(frozen):
    issue = frozen(9)
    Drain(issue.pk).run()
    assert Counter(message.to[0] for message in mail.outbox) == everybody(9)
    assert counts(issue) == {"accepted": 9}


def test_another_mail_backend_that_raises_leaves_each_uncertain_and_sends_none_again(frozen, monkeypatch):
    def broken(*_arguments: object) -> None:
        raise RuntimeError("the service broke")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", broken)
    issue = frozen(3)
    Drain(issue.pk).run()
    assert counts(issue) == {"unknown": 3}
    assert set(issue.deliveries.values_list("smtp_reply", flat=True)) == {"RuntimeError: the service broke"}
    monkeypatch.undo()
    Drain(issue.pk).run()
    assert mail.outbox == []
