"""A worker's turn when Redis does not answer, the database dies, or something breaks that nobody thought of."""

import threading
import time
from collections import Counter

import pytest
from django.db import connection

from newsletter.models import Issue, Subscriber
from newsletter.sending import Drain
from newsletter.sending.lanes import Lanes
from newsletter.sending.pace import Pace, key
from tests.newsletter.factories import make_subscriber
from tests.newsletter.scripted import until
from tests.newsletter.sending.turns import counts, everybody, time_passes, to

pytestmark = pytest.mark.django_db(transaction=True)


# --- Redis, which does not answer -------------------------------------------------------------------------------------


def test_without_redis_nothing_goes_out_and_nothing_is_lost(scripted, frozen, settings, monkeypatch):
    monkeypatch.setattr("newsletter.sending.turn.LASTS", 0.6)
    server = scripted()
    issue = frozen(3)
    address, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    assert Drain(issue.pk).run() is True
    assert (server.connections, counts(issue)) == (0, {"pending": 3})
    settings.REDIS_URL = address
    Drain(issue.pk).run()
    assert to(server) == everybody(3)


def test_redis_that_goes_away_and_comes_back_in_the_middle_costs_time_and_nothing_else(
    scripted, frozen, settings, monkeypatch
):
    monkeypatch.setattr("newsletter.sending.plan.BATCH", 4)
    monkeypatch.setattr("newsletter.sending.turn.REDIS_PAUSE", 0.1)
    calls = [0]
    real = Pace._run

    def sometimes(script, keys, arguments):
        calls[0] += 1
        return real(script, keys, arguments) if calls[0] % 3 else real(silent(), keys, arguments)

    def silent():
        def script(**_arguments: object) -> None:
            import redis

            raise redis.ConnectionError("Connection reset by peer")

        return script

    monkeypatch.setattr(Pace, "_run", staticmethod(sometimes))
    server = scripted()
    issue = frozen(20)
    for _ in range(10):
        Drain(issue.pk).run()
        time_passes(issue)
    assert calls[0] > 6
    assert to(server) == everybody(20)


# --- The database, which dies -----------------------------------------------------------------------------------------


def test_a_database_that_ends_our_connection_again_and_again_doubles_nothing_and_loses_nothing(
    scripted, frozen, at_work, settings
):
    settings.NEWSLETTER_CONNECTIONS = 2
    killed = 0

    def answer(_recipient: str) -> None:
        # Ten mails for each connection that was ended, so that the worker is not through before the third.
        until(lambda: killed >= min(len(server.kept) // 10, 3))
        time.sleep(0.03)

    server = scripted(**{".": answer})
    issue = frozen(40)
    worker = at_work(issue)
    while worker.is_alive():
        worker.join(0.15)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            killed += cursor.fetchone()[0]
    for _ in range(5):
        time_passes(issue)
        Drain(issue.pk).run()
    assert killed >= 3
    assert to(server) == everybody(40)
    assert counts(issue) == {"accepted": 40}


def test_an_answer_that_comes_while_the_database_is_away_is_in_the_books_afterwards(scripted, frozen, settings):
    settings.NEWSLETTER_CONNECTIONS = 1
    server = scripted(**{".": lambda _recipient: lose_a_connection()})
    issue = frozen(1)
    Drain(issue.pk).run()
    assert (to(server), counts(issue)) == (everybody(1), {"accepted": 1})


def lose_a_connection() -> None:
    """End the connection that the worker has, from the mail server's thread."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
    finally:
        connection.close()


# --- What goes wrong in a way nobody thought of ----------------------------------------------------------------------


def test_a_bounce_that_cannot_be_noted_stops_nobody_else(scripted, frozen, monkeypatch):
    def broken(*_arguments: object) -> None:
        raise ValueError("what?")

    monkeypatch.setattr("newsletter.sending.answers.bounced", broken)
    scripted(RCPT=lambda said: "550 5.1.1 no such user" if "lasare1@" in said else None)
    issue = frozen(6)
    Drain(issue.pk).run()
    assert counts(issue) == {"accepted": 5, "failed": 1}


def test_a_turn_that_breaks_has_written_down_every_answer_and_leaves_nothing_open(
    scripted, frozen, settings, monkeypatch, redis_server
):
    settings.NEWSLETTER_CONNECTIONS = 4
    server = scripted()
    issue = frozen(40)
    taken = [0]

    def broken(*_arguments: object) -> None:
        taken[0] += 1
        if taken[0] == 9:
            raise KeyError("what?")

    monkeypatch.setattr("newsletter.sending.turn.Turn._account", broken)
    with pytest.raises(KeyError):
        Drain(issue.pk).run()
    assert counts(issue) == {"accepted": len(server.kept), "pending": 40 - len(server.kept)}
    assert len(server.kept) >= 9
    until(lambda: len(server.said("QUIT")) == server.connections == 4)
    assert not [thread for thread in threading.enumerate() if thread.name.endswith((":0", ":1", ":2", ":3"))]
    assert redis_server.zcard(key("connections")) == 0


def test_a_variant_whose_words_cannot_be_put_together_any_more_fails_by_reader_and_stops_no_other(
    scripted, frozen, monkeypatch
):
    make_subscriber("english@example.net", language="en")
    server = scripted()
    issue = frozen(3)
    issue.variants.filter(language="en").update(subject="Two\nlines")
    Drain(issue.pk).run()
    assert counts(issue) == {"accepted": 3, "failed": 1}
    assert to(server) == everybody(3)
    assert issue.deliveries.get(state="failed").smtp_reply.startswith("BadHeaderError")


@pytest.mark.parametrize("address", ['"a\nb"@example.net', "a b@example.net", "å@example.net", "no-address", "@", ""])
def test_an_address_that_would_break_the_talk_is_refused_before_it(scripted, frozen, address):
    reader = make_subscriber("hostile@example.net")
    server = scripted()
    issue = frozen(2)
    Subscriber.objects.filter(pk=reader.pk).update(email=address)
    Drain(issue.pk).run()
    assert to(server) == everybody(2)
    assert counts(issue) == {"accepted": 2, "failed": 1}


def test_a_turn_that_has_halted_waits_for_the_last_answer_at_rest(scripted, frozen, settings, monkeypatch):
    """It plans nothing any more; what is planned must not make it look around without a pause."""
    settings.NEWSLETTER_CONNECTIONS = 2
    looks = [0]
    real = Lanes.hear

    def hear(lanes: Lanes, seconds: float):
        looks[0] += 1
        return real(lanes, seconds)

    monkeypatch.setattr(Lanes, "hear", hear)
    slow = threading.Event()

    def answer(_said: str) -> str | None:
        if not slow.is_set():
            slow.set()
            time.sleep(1.5)
            return None
        return "530 5.7.0 Authentication required"

    scripted(MAIL=answer)
    issue = frozen(40)
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert (issue.state, looks[0] < 40) == ("paused", True)


def test_two_turns_in_one_process_leave_no_thread_no_connection_and_no_place(scripted, frozen, settings, redis_server):
    # Others come and go at the same server: ours have a name.
    settings.REDIS_URL += f"{'&' if '?' in settings.REDIS_URL else '?'}client_name=two-turns"

    def clients() -> int:
        return [client["name"] for client in redis_server.client_list()].count("two-turns")

    server = scripted()
    issue = frozen(10)
    Drain(issue.pk).run()
    threads = set(threading.enumerate())
    before = clients()
    Issue.objects.filter(pk=issue.pk).update(state="sending")
    issue.deliveries.update(state="pending", not_before="2020-01-01T00:00:00Z")
    for _ in range(3):
        Drain(issue.pk).run()
    assert {thread for thread in threading.enumerate() if thread not in threads and "talk" not in thread.name} == set()
    assert clients() <= before + 1
    assert redis_server.zcard(key("connections")) == 0
    assert to(server) == Counter({f"lasare{index}@example.org": 2 for index in range(10)})
