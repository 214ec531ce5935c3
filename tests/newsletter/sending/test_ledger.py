"""One worker's books, whatever happens to the worker, to others and to the database."""

import datetime
import random
import threading
import time

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from newsletter.models import Delivery, Issue, Subscriber
from newsletter.sending import Drain, ledger
from newsletter.sending.carrier import said
from newsletter.sending.ledger import DatabaseGone, Ledger
from newsletter.sending.outcome import Accepted, Deferred, Refused, Uncertain
from newsletter.sending.rendering import render
from newsletter.tasks import kick_unfinished
from tests.newsletter.factories import make_entry, make_issue, make_subscriber, make_subscribers

pytestmark = pytest.mark.django_db(transaction=True)


def at(ledger: Ledger, *, size: int = 10) -> list[int]:
    """Claims and begins so many deliveries; returns their ids."""
    return [row.id for row in ledger.begin([row.id for row in ledger.claim(size)])]


def state_of(pk: int) -> str:
    return Delivery.objects.get(pk=pk).state


# --- Claiming --------------------------------------------------------------------------------------------------------


def test_domains_that_have_had_their_share_are_left_out_of_the_claim(frozen):
    make_subscriber("anna@Annan.Example.net")
    make_subscriber("bo@tredje.example.net")
    issue = frozen(3)
    books = Ledger(issue.pk, "one")
    claimed = books.claim(10, but=["example.org", "tredje.example.net"])
    assert [row.domain for row in claimed] == ["annan.example.net"]
    assert sorted(row.domain for row in books.claim(10)) == ["example.org"] * 3 + ["tredje.example.net"]


def test_an_erased_reader_is_claimed_and_not_begun(frozen):
    issue = frozen(1)
    Subscriber.objects.get().erase()
    books = Ledger(issue.pk, "one")
    (row,) = books.claim(10, but=["example.org"])
    assert row.domain == ""
    assert books.begin([row.id]) == []
    assert state_of(row.id) == "skipped"


# --- What others decide meanwhile ------------------------------------------------------------------------------------


def in_a_transaction_meanwhile(issue: Issue, deed) -> None:
    """Do it in a transaction of its own, which is through only after the issue has been cancelled."""
    began, cancelled = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with transaction.atomic():
                deed()
                began.set()
                assert cancelled.wait(10)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert began.wait(10)
    issue.cancel(by=None)
    cancelled.set()
    worker.join()


def test_what_is_given_back_at_the_moment_of_cancelling_does_not_wait_for_ever(frozen):
    issue = frozen(2)
    ids = [row.id for row in Ledger(issue.pk, "one").claim(10)]
    in_a_transaction_meanwhile(issue, lambda: Delivery.objects.let_go(ids, "one"))
    assert issue.deliveries.counts()["pending"] == 2
    # The worker itself, at the end of its turn.
    issue.finish()
    assert issue.deliveries.counts()["skipped"] == 2


def test_the_clock_finds_what_waits_in_a_cancelled_issue(frozen):
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    deferred = [(pk, "deferred", "451 later") for pk in at(books)]
    in_a_transaction_meanwhile(issue, lambda: Delivery.objects.account(deferred, "one"))
    assert issue.deliveries.counts()["pending"] == 2
    kick_unfinished()
    assert issue.deliveries.counts()["skipped"] == 2


@pytest.mark.parametrize("stop", ["pause", "cancel"])
def test_what_a_dead_worker_held_is_sorted_out_though_nobody_works_on_the_issue(frozen, stop):
    issue = frozen(3)
    books = Ledger(issue.pk, "dead")
    begun, _waiting, _another = (row.id for row in books.claim(3))
    books.begin([begun])
    getattr(issue, stop)(by=None)
    lease_runs_out(issue)
    kick_unfinished()
    counts = issue.deliveries.counts()
    assert counts["unknown"] == 1
    assert counts["pending" if stop == "pause" else "skipped"] == 2


def lease_runs_out(issue: Issue) -> None:
    held = issue.deliveries.filter(lease_until__isnull=False)
    held.update(lease_until=timezone.now() - datetime.timedelta(seconds=1))


def taken_for_dead(issue: Issue) -> None:
    """Another worker takes the first for dead, and closes the books."""
    lease_runs_out(issue)
    Delivery.objects.release_expired()
    assert issue.finish()


def test_a_worker_taken_for_dead_that_brings_an_answer_is_believed(frozen):
    issue = frozen(3)
    books = Ledger(issue.pk, "one")
    yes, no, lost = at(books)
    taken_for_dead(issue)
    assert issue.deliveries.counts()["unknown"] == 3
    issue.close_uncertain(by=None, only=[yes])
    books.hear(yes, Accepted("250 Kept"))
    books.hear(no, Refused("550 5.7.1 spam"))
    books.hear(lost, Uncertain("SMTPServerDisconnected: gone"))
    books.flush()
    assert [state_of(pk) for pk in (yes, no, lost)] == ["accepted", "failed", "unknown"]
    assert Delivery.objects.get(pk=yes).closed_at is None
    assert Delivery.objects.get(pk=lost).smtp_reply == "The worker died while handing it over."


def test_a_mail_the_server_did_not_take_opens_books_that_were_closed_too_early(frozen, kicked):
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    first, second = at(books)
    taken_for_dead(issue)
    kicked.clear()
    books.hear(first, Deferred("451 4.3.0 later"))
    books.take_back([second])
    books.flush()
    assert [state_of(first), state_of(second)] == ["pending", "pending"]
    assert issue.finish() is False
    assert (issue.state, kicked) == ("sending", [issue.pk])
    assert issue.events.newest_first()[0].verb == "reopened"


def test_the_clock_opens_books_that_were_closed_too_early(frozen, kicked):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    (pk,) = at(books)
    taken_for_dead(issue)
    books.take_back([pk])
    kick_unfinished()
    issue.refresh_from_db()
    assert issue.state == "sending"
    assert kicked.count(issue.pk) >= 1


def test_the_clock_leaves_closed_books_closed(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    books.hear(*at(books), Accepted("250 Kept"))
    books.flush()
    assert issue.finish()
    kick_unfinished()
    issue.refresh_from_db()
    assert issue.state == "sent"


def test_an_accepted_mail_is_not_sent_again_although_somebody_ordered_it_meanwhile(frozen):
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    first, second = at(books)
    taken_for_dead(issue)
    issue.send_uncertain_again(by=None)
    books.hear(first, Accepted("250 Kept"))
    books.flush()
    assert [row.id for row in Ledger(issue.pk, "two").claim(10)] == [second]
    # Once another has it in hand, that one's answer counts.
    books.hear(second, Accepted("250 Kept"))
    books.flush()
    assert [state_of(first), state_of(second)] == ["accepted", "claimed"]


def test_a_mail_that_was_out_when_the_issue_was_cancelled_is_sent_in_the_books(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    (pk,) = at(books)
    taken_for_dead(issue)
    issue.send_uncertain_again(by=None)
    issue.cancel(by=None)
    assert state_of(pk) == "skipped"
    books.hear(pk, Accepted("250 Kept"))
    books.flush()
    assert state_of(pk) == "accepted"


def test_nothing_is_begun_once_the_issue_is_paused_cancelled_or_the_lease_is_lost(frozen):
    issue = frozen(3)
    books = Ledger(issue.pk, "one")
    first, second, third = (row.id for row in books.claim(3))
    issue.pause(by=None)
    assert books.begin([first]) == []
    assert state_of(first) == "pending"
    issue.resume(by=None)
    Delivery.objects.filter(pk=second).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    assert books.begin([second]) == []
    issue.cancel(by=None)
    assert books.begin([third]) == []
    assert [state_of(pk) for pk in (first, second, third)] == ["skipped", "skipped", "skipped"]


def test_who_leaves_pauses_or_is_erased_between_the_claim_and_the_beginning_is_skipped(frozen):
    issue = frozen(4)
    books = Ledger(issue.pk, "one")
    ids = [row.id for row in books.claim(10)]
    readers = [Delivery.objects.get(pk=pk).subscriber for pk in ids]
    readers[0].leave()
    readers[1].pause(timezone.now() + datetime.timedelta(days=1))
    readers[2].erase()
    assert [row.id for row in books.begin(ids)] == [ids[3]]
    assert [state_of(pk) for pk in ids] == ["skipped", "skipped", "skipped", "submitting"]


def test_the_address_that_counts_is_the_one_at_the_beginning(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    (claimed,) = books.claim(10)
    Subscriber.objects.update(email="ny@example.org", token="NewTokenNewToken")
    (begun,) = books.begin([claimed.id])
    assert (begun.email, begun.token) == ("ny@example.org", "NewTokenNewToken")


def test_who_leaves_after_the_beginning_is_told_apart_from_who_was_skipped(frozen):
    """The mail may be on its way; the books say what became of it."""
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    yes, later = at(books)
    for reader in Subscriber.objects.all():
        reader.leave()
    books.hear(yes, Accepted("250 Kept"))
    books.hear(later, Deferred("451 later"))
    books.flush()
    Delivery.objects.filter(pk=later).update(not_before=timezone.now())
    books.begin([row.id for row in books.claim(10)])
    assert [state_of(yes), state_of(later)] == ["accepted", "skipped"]


def test_taking_back_what_was_never_offered_costs_no_attempt(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    (pk,) = at(books)
    assert Delivery.objects.get(pk=pk).attempt == 1
    books.take_back([pk])
    delivery = Delivery.objects.get(pk=pk)
    assert (delivery.state, delivery.attempt, delivery.lease_until) == ("pending", 0, None)


def test_a_sign_of_life_keeps_the_lease_and_does_not_bring_it_back(frozen, settings):
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    kept, lost = (row.id for row in books.claim(10))
    before = Delivery.objects.get(pk=kept).lease_until
    Delivery.objects.filter(pk=lost).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    books.tend()
    assert Delivery.objects.get(pk=kept).lease_until > before
    assert Delivery.objects.get(pk=lost).lease_until < timezone.now()
    renewed = Delivery.objects.get(pk=kept).lease_until
    books.tend()
    assert Delivery.objects.get(pk=kept).lease_until == renewed


# --- What the servers say --------------------------------------------------------------------------------------------


def test_a_thousand_odd_answers_can_all_be_written_down(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    (pk,) = at(books)
    dice = random.Random(3)  # noqa: S311
    for _ in range(1_000):
        odd = bytes(dice.choices(range(256), k=400)) + b"\x00\xed\xa0\x80\xff{}%s'\\"
        books.hear(pk, Uncertain(said(550, odd)))
    books.flush()
    for _ in range(100):
        books.hear(pk, Uncertain("".join(map(chr, dice.choices([0, 10, 39, 92, 128, 0xFFFF, 0x1F984], k=400)))))
    books.flush()
    delivery = Delivery.objects.get(pk=pk)
    assert delivery.state == "unknown"
    assert delivery.smtp_reply.startswith("550 ")


def test_later_means_ever_later_and_after_the_last_attempt_it_has_failed(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    waits = []
    for _ in range(12):
        Delivery.objects.update(not_before=timezone.now())
        (pk,) = at(books)
        books.hear(pk, Deferred("451 4.3.0 later"))
        books.flush()
        delivery = Delivery.objects.get(pk=pk)
        waits.append(round((delivery.not_before - delivery.changed_at).total_seconds() / 60))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240]
    assert (delivery.state, delivery.attempt, delivery.smtp_reply) == ("failed", 12, "451 4.3.0 later")


# --- A database that dies --------------------------------------------------------------------------------------------


def lose_the_connection() -> None:
    """The server ends our connection, as it does when it is stopped; we do not know yet."""
    (pid,) = connection.connection.execute("SELECT pg_backend_pid()").fetchone()
    with psycopg.connect(**parameters_of_the_database(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def parameters_of_the_database() -> dict:
    return {
        name: value
        for name, value in connection.get_connection_params().items()
        if name in {"host", "port", "user", "password", "dbname"}
    }


def test_a_claim_over_a_dead_connection_is_made_over_a_new_one(frozen):
    books = Ledger(frozen(2).pk, "one")
    lose_the_connection()
    assert len(books.claim(10)) == 2


def test_what_was_held_over_a_dead_connection_goes_back_and_what_is_under_way_stays(frozen):
    issue = frozen(3)
    books = Ledger(issue.pk, "one")
    under_way, answered, held = (row.id for row in books.claim(10))
    books.begin([under_way, answered])
    books.hear(answered, Accepted("250 Kept"))
    lose_the_connection()
    assert books.begin([held]) == []
    assert [state_of(pk) for pk in (under_way, answered, held)] == ["submitting", "accepted", "pending"]
    assert (books.held, books.begun, books.heard) == ({}, {under_way}, [])


def when_it_breaks(monkeypatch, name: str) -> None:
    """The next such step is done by the database, and the connection is lost before we hear of it."""
    real = getattr(Delivery.objects.__class__._queryset_class, name)

    def done_and_lost(self, *arguments, **keywords):
        monkeypatch.setattr(Delivery.objects.__class__._queryset_class, name, real)
        getattr(Delivery.objects.all(), name)(*arguments, **keywords)
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(Delivery.objects.__class__._queryset_class, name, done_and_lost)
    monkeypatch.setattr(
        Delivery.objects.__class__, name, lambda self, *a, **k: getattr(self.get_queryset(), name)(*a, **k)
    )


def test_a_beginning_whose_answer_never_arrives_has_handed_nothing_over(frozen, monkeypatch):
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    first, second = (row.id for row in books.claim(10))
    books.begin([first])
    books.hear(first, Deferred("451 later"))
    when_it_breaks(monkeypatch, "begin")
    assert books.begin([second]) == []
    delivery = Delivery.objects.get(pk=second)
    assert (delivery.state, delivery.attempt, books.heard) == ("pending", 0, [])
    assert (state_of(first), Delivery.objects.get(pk=first).attempt) == ("pending", 1)


def test_a_claim_whose_answer_never_arrives_holds_nothing_up(frozen, monkeypatch):
    books = Ledger(frozen(2).pk, "one")
    when_it_breaks(monkeypatch, "claim")
    assert len(books.claim(10)) == 2
    assert len(books.held) == 2


def test_an_account_whose_answer_never_arrives_is_not_written_down_twice(frozen, monkeypatch):
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    yes, later = at(books)
    books.hear(yes, Accepted("250 Kept"))
    books.hear(later, Deferred("451 later"))
    when_it_breaks(monkeypatch, "account")
    books.flush()
    delivery = Delivery.objects.get(pk=later)
    assert (state_of(yes), delivery.state, delivery.attempt) == ("accepted", "pending", 1)
    waits = (delivery.not_before - timezone.now()).total_seconds()
    assert 50 < waits < 61


def test_a_mark_the_database_forgot_is_made_again(frozen):
    """A standby that takes over may lack what was last written; whoever has it in hand says so."""
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    first, second = at(books)
    Delivery.objects.filter(pk=first).update(state="claimed", attempt=0)
    Delivery.objects.filter(pk=second).update(state="pending", lease_until=None, attempt=0)
    lose_the_connection()
    books.claim(10)
    assert [state_of(first), state_of(second)] == ["submitting", "submitting"]


def test_a_database_that_does_not_come_back_is_given_up_and_not_waited_for_twice(frozen, monkeypatch):
    monkeypatch.setattr(ledger, "PATIENCE", 0.3)
    books = Ledger(frozen(2).pk, "one")
    (pk, _another) = at(books)
    books.hear(pk, Accepted("250 Kept"))

    def gone(*_arguments: object, **_keywords: object) -> None:
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(books, "_come_back", gone)
    books.database.close()
    with pytest.raises(DatabaseGone):
        books.flush()
    started = time.monotonic()
    with pytest.raises(DatabaseGone):
        books.close()
    assert time.monotonic() - started < 0.2


def test_each_commit_waits_for_the_disk_also_over_a_new_connection(frozen):
    books = Ledger(frozen(1).pk, "one")
    connection.connection.execute("SET synchronous_commit TO off")
    lose_the_connection()
    books.claim(1)
    assert connection.connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


# --- The freeze ------------------------------------------------------------------------------------------------------


def test_a_database_that_dies_during_the_freeze_does_not_make_the_issue_a_draft(kicked, coordinator, monkeypatch):
    make_entry()
    make_subscribers(2)
    issue = make_issue()
    issue.send(by=coordinator)

    def dying(*words: object) -> object:
        lose_the_connection()
        return render(*words)

    with monkeypatch.context() as patch:
        patch.setattr("newsletter.sending.freeze.render", dying)
        with pytest.raises(OperationalError):
            Drain(issue.pk).run()
    connection.close()
    issue.refresh_from_db()
    assert (issue.state, issue.deliveries.count()) == ("freezing", 0)
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert (issue.state, issue.deliveries.counts()["accepted"]) == ("sent", 2)
