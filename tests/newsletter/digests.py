"""Digests that are composed, written down and sent in the tests, and what a reader is told by them."""

import datetime
from typing import Any

from django.utils import timezone

from newsletter.models import Delivery, Issue, Subscriber
from newsletter.sending import IssueFreeze
from tests.newsletter.factories import make_entry

NOW = timezone.now()


def ago(days: float) -> datetime.datetime:
    return NOW - datetime.timedelta(days=days)


def news(title: str, days: float, **fields: Any) -> None:
    make_entry(title, published_at=ago(days), **fields)


def digest(kind: str, until: float) -> Issue:
    issue = Issue.compose(kind, until=ago(until))
    assert issue is not None
    return issue


def freeze(issue: Issue) -> Issue:
    Issue.objects.filter(pk=issue.pk).update(state="freezing")
    issue.refresh_from_db()
    IssueFreeze(issue).run()
    issue.refresh_from_db()
    assert issue.state == "sending", issue.events.newest_first()[0].note
    return issue


def send(issue: Issue, **states: list[Subscriber]) -> Issue:
    """Write down who gets it, and let it come to an end: accepted but for those in `states`."""
    freeze(issue)
    for state, readers in states.items():
        issue.deliveries.filter(subscriber__in=readers).update(state=state)
    issue.deliveries.filter(state="pending").update(state="accepted")
    issue.finish()
    issue.refresh_from_db()
    return issue


def told(subscriber: Subscriber) -> list[str]:
    """Titles in the order of the mails they have got."""
    got = subscriber.deliveries.filter(state="accepted").order_by("issue__frozen_at").select_related("variant")
    titles = []
    for delivery in got:
        items = {item.pk: item.title for item in delivery.issue.items.with_sources()}
        titles += [items[pk] for pk in delivery.variant.items]
    return titles


def choose(subscriber: Subscriber, frequency: str, labs: Any = ()) -> None:
    subscriber.choose(frequency=frequency, language="sv", labs=labs, focus_areas=[])


def told_in(delivery: Delivery) -> list[str]:
    return [item.title for item in delivery.issue.items.filter(pk__in=delivery.variant.items).with_sources()]
