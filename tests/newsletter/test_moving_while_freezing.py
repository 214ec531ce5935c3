"""A reader changes rhythm at the very moment a digest is written down."""

import threading

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
