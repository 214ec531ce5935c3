"""One worker's books, whatever happens to the worker, to others and to the database."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.models import Delivery, Issue, Subscriber
from newsletter.sending import IssueFreeze, ledger
from newsletter.sending.ledger import DatabaseGone, Ledger
from newsletter.sending.outcome import Accepted, Deferred, Refused, Uncertain
from newsletter.tasks import kick_unfinished
from tests.newsletter.factories import make_entry, make_issue, make_subscriber, make_subscribers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kicked(monkeypatch) -> list[int]:
    """Orders reach no worker: which issues were called for."""
    called: list[int] = []
    monkeypatch.setattr("newsletter.tasks.enqueue_drain", lambda issue_id, workers=1: called.append(issue_id) or True)
    return called


@pytest.fixture
def frozen(kicked, coordinator):
    """An issue that is being sent, to so many readers, and nobody at it yet."""

    def make(number: int) -> Issue:
        make_entry()
        make_subscribers(number)
        issue = make_issue()
        issue.send(by=coordinator)
        IssueFreeze(issue).run()
        return issue

    return make


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
