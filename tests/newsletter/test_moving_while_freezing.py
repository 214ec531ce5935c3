"""A reader changes rhythm at the very moment a digest is written down."""

import datetime
import threading
import time

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.audience import Audience
from newsletter.models import Issue, Subscriber
from newsletter.sending import IssueFreeze
from tests.newsletter.factories import make_entry, make_issue, make_subscribers

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_moves_meanwhile_is_served_by_the_one_or_begins_before_it(monkeypatch):
    """Whoever was written down begins after the digest; whoever was not begins before it. Never anything else."""
    monkeypatch.setattr("newsletter.tasks.enqueue_drain", lambda *call, **kind: True)
    make_entry()
    readers = make_subscribers(12)
    issue = make_issue()
    Issue.objects.update(state="freezing")
    issue.refresh_from_db()
    writing = threading.Event()
    real = Audience.freeze

    def freeze(self):
        writing.set()
        return real(self)

    monkeypatch.setattr(Audience, "freeze", freeze)

    def move(reader: Subscriber) -> None:
        writing.wait(10)
        try:
            reader.choose(frequency="monthly", language="sv", labs=[], focus_areas=[])
        finally:
            connection.close()

    movers = [threading.Thread(target=move, args=(reader,)) for reader in readers]
    for mover in movers:
        mover.start()
    IssueFreeze(issue).run()
    for mover in movers:
        mover.join(20)
    issue.refresh_from_db()
    assert issue.state in {"sending", "draft"}
    written = set(issue.deliveries.values_list("subscriber", flat=True))
    for reader in Subscriber.objects.all():
        assert reader.frequency == "monthly"
        assert (reader.news_from == issue.period_end) is (reader.pk in written)
        assert reader.news_from <= timezone.now()


def test_a_digest_that_ends_while_the_next_is_written_down_knows_that_it_has_been_overtaken(monkeypatch):
    """Whose mail failed is owed nothing that a later digest, written down at this moment, has gone beyond."""
    monkeypatch.setattr("newsletter.tasks.enqueue_drain", lambda issue_id, workers=1: True)
    (reader,) = make_subscribers(1)
    hours = timezone.now() - datetime.timedelta(hours=2)
    make_entry("Den första", published_at=hours - datetime.timedelta(hours=1))
    first = Issue.compose_weekly(until=hours)
    first.send(by=None)
    IssueFreeze(first).run()
    first.deliveries.update(state="failed")
    make_entry("Den andra")
    second = make_issue()
    second.send(by=None)
    written = threading.Event()

    def finish() -> None:
        written.wait(10)
        try:
            Issue.objects.get(pk=first.pk).finish()
        finally:
            connection.close()

    def linger(freeze: IssueFreeze) -> None:
        written.set()
        time.sleep(0.5)

    monkeypatch.setattr(IssueFreeze, "_drop_unwanted", linger)
    ending = threading.Thread(target=finish)
    ending.start()
    IssueFreeze(second).run()
    ending.join(20)
    first.refresh_from_db()
    reader.refresh_from_db()
    assert (first.state, second.deliveries.count(), reader.news_from) == ("sent", 1, None)
