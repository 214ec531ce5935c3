"""A worker's turn: how an issue goes out, stops and goes on, whatever the mail server, Redis and the database do."""

import threading
import time
from collections import Counter

import pytest
from django.core import mail
from django.db import connection

from newsletter.models import Issue, Subscriber
from newsletter.sending import Drain
from newsletter.sending.pace import Pace, key
from tests.newsletter.factories import make_subscriber
from tests.newsletter.scripted import HANG_UP, SAY_NOTHING, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_work():
    """Starts a worker on an issue, on a thread of its own; what it returned is in `answers`."""
    workers: list[threading.Thread] = []
    answers: list[bool] = []

    def start(issue: Issue) -> threading.Thread:
        def work() -> None:
            try:
                answers.append(Drain(issue.pk).run())
            finally:
                connection.close()

        workers.append(threading.Thread(target=work))
        workers[-1].start()
        return workers[-1]

    start.answers = answers  # type: ignore[attr-defined]
    yield start
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()


def to(server) -> Counter[str]:
    return Counter(recipient for recipient, _content in server.kept)


def everybody(number: int) -> Counter[str]:
    return Counter({f"lasare{index}@example.org": 1 for index in range(number)})


def time_passes(issue: Issue) -> None:
    """What waits for another attempt may go."""
    issue.deliveries.filter(state="pending").update(not_before="2020-01-01T00:00:00Z")


def counts(issue: Issue) -> dict[str, int]:
    return {state: number for state, number in issue.deliveries.counts().items() if number}


# --- Stopping and going on -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", ["pause", "cancel"])
def test_a_stop_takes_effect_within_two_seconds_though_the_server_is_slow(scripted, frozen, at_work, settings, stop):
    settings.NEWSLETTER_CONNECTIONS = 3
    server = scripted(**{".": lambda _recipient: time.sleep(0.4)})
    issue = frozen(30)
    worker = at_work(issue)
    until(lambda: len(server.kept) >= 3)
    getattr(Issue.objects.get(pk=issue.pk), stop)(by=None)
    begun = issue.deliveries.filter(attempt__gt=0).count()
    stopped_at = time.monotonic()
    worker.join(10)
    assert time.monotonic() - stopped_at < 2
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

    def pause_after_five(_recipient: str) -> None:
        if len(server.kept) == 5:
            thread = threading.Thread(
                target=lambda: (Issue.objects.get(pk=issue.pk).pause(by=None), connection.close())
            )
            thread.start()
            thread.join()

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
    server = scripted(MAIL="530 5.7.0 Authentication required", RCPT="503 first MAIL", DATA="503 first RCPT")
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
        ({"RCPT": "550 relay not permitted", "DATA": "503 RCPT first"}, "failed"),
        ({"RCPT": "550 5.1.1 nobody is known here", "DATA": "503 RCPT first"}, "failed"),
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


# --- Limits ----------------------------------------------------------------------------------------------------------


def arrivals(server) -> list[float]:
    """When each mail was offered, from now on."""
    at: list[float] = []
    server.steps["MAIL"] = lambda _said: at.append(time.monotonic())
    return at


def most_within(moments: list[float], seconds: float) -> int:
    """The largest number of moments in any stretch so long."""
    return max(sum(start <= moment < start + seconds for moment in moments) for start in moments)


def test_a_domain_gets_no_more_than_its_share_and_holds_no_other_up(scripted, frozen, settings, monkeypatch):
    # Most of them are claimed, found to be too many, given back and left out of the claims for a while.
    monkeypatch.setattr("newsletter.sending.turn.AHEAD", 1.0)
    settings.NEWSLETTER_DOMAIN_RATE = 4
    for index in range(6):
        make_subscriber(f"annan{index}@domain{index}.example.net")
    server = scripted()
    at = arrivals(server)
    issue = frozen(20)
    started = time.monotonic()
    finished: dict[str, float] = {}

    def note(recipient: str) -> None:
        finished[recipient] = time.monotonic() - started

    server.steps["."] = note
    while Drain(issue.pk).run():
        pass
    assert max(finished[f"annan{index}@domain{index}.example.net"] for index in range(6)) < 2
    assert len(to(server)) == 26
    ours = [moment for recipient, moment in finished.items() if recipient.endswith("@example.org")]
    # Twenty at four a second, of which a second's worth may come at once.
    assert max(ours) > 20 / 4 - 1 - 0.5
    assert most_within(ours, 1.0) <= 2 * 4 + 1
    assert len(at) == 26


def test_two_workers_keep_to_the_limit_of_the_fleet_together(scripted, frozen, at_work, settings, monkeypatch):
    monkeypatch.setattr("newsletter.sending.turn.BATCH", 10)
    settings.NEWSLETTER_RATE = 20
    server = scripted()
    at = arrivals(server)
    issue = frozen(60)
    for worker in [at_work(issue), at_work(issue)]:
        worker.join(30)
    assert to(server) == everybody(60)
    assert issue.deliveries.values("worker").distinct().count() == 2
    assert max(at) - min(at) > 60 / 20 - 1 - 0.5
    assert most_within(at, 1.0) <= 2 * 20 + 2


def test_a_limit_so_low_that_a_turn_sends_next_to_nothing_is_kept_and_loses_nothing(
    scripted, frozen, settings, monkeypatch
):
    monkeypatch.setattr("newsletter.sending.turn.LASTS", 0.4)
    settings.NEWSLETTER_RATE = settings.NEWSLETTER_LEASE_SECONDS = 2
    server = scripted()
    issue = frozen(6)
    turns = 0
    while issue.deliveries.open().exists():
        Drain(issue.pk).run()
        turns += 1
        assert turns < 10
    assert to(server) == everybody(6)
    assert set(issue.deliveries.values_list("attempt", flat=True)) == {1}


def test_a_server_that_says_too_much_slows_the_fleet_down(scripted, frozen, settings, redis_server):
    settings.NEWSLETTER_CONNECTIONS = 1
    server = scripted()
    server.steps["."] = lambda recipient: "421 4.7.0 too fast" if len(server.heard) < 8 else None
    issue = frozen(3)
    Drain(issue.pk).run()
    assert float(redis_server.hget(key("pace:*"), "cap")) <= 5_000
    assert issue.deliveries.filter(smtp_reply="421 4.7.0 too fast").count() >= 1
    assert redis_server.hget(key("pace:example.org"), "cap") is None


def test_a_domain_that_says_too_much_is_slowed_down_alone(scripted, frozen, settings, redis_server):
    settings.NEWSLETTER_CONNECTIONS = 1
    scripted(RCPT="454 4.7.1 too many for this domain", DATA="503 5.5.1 RCPT first")
    Drain(frozen(1).pk).run()
    assert float(redis_server.hget(key("pace:example.org"), "cap")) <= 5_000
    assert redis_server.hget(key("pace:*"), "cap") is None


def test_workers_keep_to_the_number_of_connections_there_may_be(scripted, frozen, at_work, settings):
    settings.NEWSLETTER_CONNECTIONS, settings.NEWSLETTER_CONNECTIONS_TOTAL = 4, 6
    open_now, most, lock = [0], [0], threading.Lock()
    server = scripted()

    def hello(_said: str) -> None:
        with lock:
            open_now[0] += 1
            most[0] = max(most[0], open_now[0])

    def goodbye(_said: str) -> None:
        with lock:
            open_now[0] -= 1

    server.steps |= {"hello": hello, "QUIT": goodbye, ".": lambda _recipient: time.sleep(0.05)}
    issue = frozen(60)
    for worker in [at_work(issue) for _ in range(3)]:
        worker.join(30)
    while Drain(issue.pk).run():
        pass
    assert to(server) == everybody(60)
    assert most[0] <= 6


def test_a_worker_without_a_place_leaves_the_issue_to_the_others(scripted, frozen, settings):
    settings.NEWSLETTER_CONNECTIONS_TOTAL = 2
    Pace().connect(["somebody:0", "somebody:1"])
    server = scripted()
    issue = frozen(2)
    assert Drain(issue.pk).run() is False
    assert (server.connections, counts(issue)) == (0, {"pending": 2})
    Pace().disconnect(["somebody:0", "somebody:1"])
    Drain(issue.pk).run()
    assert to(server) == everybody(2)


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
    monkeypatch.setattr("newsletter.sending.turn.BATCH", 4)
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
    server = scripted(**{".": lambda _recipient: time.sleep(0.03)})
    issue = frozen(40)
    worker = at_work(issue)
    killed = 0
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

    monkeypatch.setattr("newsletter.sending.turn.bounced", broken)
    server = scripted(RCPT=lambda said: "550 5.1.1 no such user" if "lasare1@" in said else None)
    server.steps["DATA"] = lambda _said: "554 no recipient" if "lasare1@" in server.heard[-2] else None
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


def test_two_turns_in_one_process_leave_no_thread_no_connection_and_no_place(scripted, frozen, redis_server):
    server = scripted()
    issue = frozen(10)
    Drain(issue.pk).run()
    threads = set(threading.enumerate())
    clients = len(redis_server.client_list())
    Issue.objects.filter(pk=issue.pk).update(state="sending")
    issue.deliveries.update(state="pending", not_before="2020-01-01T00:00:00Z")
    for _ in range(3):
        Drain(issue.pk).run()
    assert {thread for thread in threading.enumerate() if thread not in threads and "talk" not in thread.name} == set()
    assert len(redis_server.client_list()) <= clients + 1
    assert redis_server.zcard(key("connections")) == 0
    assert to(server) == Counter({f"lasare{index}@example.org": 2 for index in range(10)})


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
