"""The mails in tests/newsletter/mails, with the names of who they are about filled in."""

import datetime
import re
from pathlib import Path

from django.utils import timezone

from newsletter.models import Delivery, Issue, Subscriber
from newsletter.verp import bounce_address

MAILS = Path(__file__).parent.parent / "mails"


def filled_in(name: str, delivery: Delivery, *, date: str, **changes: str) -> bytes:
    """The mail of that name about the delivery, written at that date; `changes` are other words for its places."""
    words = {
        "verp": bounce_address(delivery.pk),
        "email": str(delivery.subscriber.email),
        "token": delivery.subscriber.token,
        "message_id": delivery.message_id,
        "date": date,
        **changes,
    }
    return re.sub(rb"\{(\w+)\}", lambda found: words[found[1].decode()].encode(), (MAILS / f"{name}.eml").read_bytes())


def make_delivery(subscriber: Subscriber, *, issue: Issue | None = None, days_ago: float = 0) -> Delivery:
    """A mail that the server took, now or so many days ago; of an issue of its own unless one is given."""
    issue = issue or Issue.objects.create(kind=Issue.Kind.SPECIAL, subject="Ett utskick")
    variant = issue.variants.first() or issue.variants.create(items=[1], language="sv", subject="", text="", html="")
    sent_at = timezone.now() - datetime.timedelta(days=days_ago)
    return Delivery.objects.create(
        issue=issue, subscriber=subscriber, variant=variant, state="accepted", not_before=sent_at, changed_at=sent_at
    )
