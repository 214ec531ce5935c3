"""What follows from one mail to us."""

import datetime
import logging
from enum import Enum

from django.utils import timezone

from newsletter.inbound.owner import Owner, has_moved, owner_of
from newsletter.inbound.reading import read
from newsletter.inbound.report import Report, Sort
from newsletter.models import Bounce, Subscriber
from newsletter.models.address import same

logger = logging.getLogger(__name__)

TRAVELS = datetime.timedelta(days=30)


class Result(Enum):
    COUNTED = "counted"
    KNOWN = "known"  # it came a second time, or is about somebody who has been erased
    LEFT = "left"  # a subscriber left
    IGNORED = "ignored"
    FOR_A_PERSON = "for a person"  # only a person can make something of it, so it must not be thrown away


def receive(raw: bytes, to: tuple[str, ...] = ()) -> Result:
    """Read one mail and do what it asks for. `to` are its envelope recipients, where they are known.

    All is committed when this returns, and doing it twice changes nothing. Raises only what the database raises.
    """
    report = read(raw, to)
    result = _act(report)
    # Nobody's address, and nobody's words: the log is kept elsewhere, and read by others.
    logger.info("Mail %s: %s, %s", report.key[:12], report.kind or report.sort.value, result.value)
    return result


def _act(report: Report) -> Result:
    match report.sort:
        case Sort.AUTOMATIC | Sort.DELAY:
            return Result.IGNORED
        case Sort.UNSUBSCRIBE:
            return _leave(report)
        case Sort.BOUNCE | Sort.COMPLAINT:
            owner = owner_of(report)
            return _count(report, owner) if owner else Result.FOR_A_PERSON
        case _:
            return Result.FOR_A_PERSON


def _leave(report: Report) -> Result:
    """A mail is no GET: nothing sends it but its owner's mail program. Who has the key, holds the mail it stood in."""
    found = (Subscriber.objects.with_token_ever(token) for token in report.tokens)
    subscriber = next(filter(None, found), None)
    if subscriber is None:
        return Result.FOR_A_PERSON
    subscriber.leave(verb="left_by_mail")
    return Result.LEFT


def _count(report: Report, owner: Owner) -> Result:
    is_complaint = report.sort is Sort.COMPLAINT
    bounce = Bounce.receive(
        owner.subscriber,
        delivery=owner.delivery,
        kind="complaint" if is_complaint else _kind(report, owner),
        source="arf" if is_complaint else "dsn",
        event_key=report.key,
        diagnostic=report.diagnostic,
        happened_at=_when(report),
    )
    return Result.COUNTED if bounce else Result.KNOWN


def _when(report: Report) -> datetime.datetime | None:
    """The mail's date, unless the clock it is from is wrong: mails do not travel for a month."""
    is_likely = report.happened_at and report.happened_at > timezone.now() - TRAVELS
    return report.happened_at if is_likely else None


def _kind(report: Report, owner: Owner) -> str:
    """What the failure says about the address we have.

    Nothing when it has been exchanged since. Less when the server names another one: ours took the mail and passed it
    on, perhaps to several of whom the others still read it. Then it has to fail five times, like a full mailbox.
    """
    subscriber = owner.subscriber
    if has_moved(subscriber, report.original.sent_to):
        return Bounce.Kind.OTHER
    is_named = not report.unreachable or any(same(address, subscriber.email or "") for address in report.unreachable)
    if report.kind == Bounce.Kind.HARD and not is_named:
        return Bounce.Kind.SOFT
    return report.kind
