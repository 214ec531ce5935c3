"""One worker's books when the database dies at the worst moments."""

import psycopg
import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from newsletter.models import Delivery
from newsletter.sending import Drain, ledger
from newsletter.sending.ledger import DatabaseGone, Ledger
from newsletter.sending.outcome import Accepted, Deferred
from newsletter.sending.rendering import render
from tests.newsletter.factories import make_entry, make_issue, make_subscribers
from tests.newsletter.sending.books import at, state_of

pytestmark = pytest.mark.django_db(transaction=True)


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

    tries = [0]

    def gone(*_arguments: object, **_keywords: object) -> None:
        tries[0] += 1
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(books, "_come_back", gone)
    books.database.close()
    with pytest.raises(DatabaseGone):
        books.flush()
    assert tries[0] > 1
    tries[0] = 0
    with pytest.raises(DatabaseGone):
        books.close()
    assert tries[0] == 1


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
