"""Whose mail a report is about, and how we know.

Anybody can write a mail that looks like a bounce of somebody else's. So the address in a report proves nothing: it
counts only together with something that stood in the very mail it is about, and that nobody can make up who has not had
that mail. Whoever has it can leave for its recipient with one click anyway.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.inbound.report import Report
from newsletter.models import Delivery, Subscriber
from newsletter.models.address import same
from newsletter.verp import delivery_of

# The latest mails to one subscriber, of which one may be meant.
LOOKED_THROUGH = 500


@dataclass(frozen=True)
class Owner:
    subscriber: Subscriber
    delivery: Delivery | None = None


def owner_of(report: Report) -> Owner | None:
    """The subscriber, proved, in this order: by the signed address it came to or that the report calls the envelope
    sender; by the key to leaving in the mail that was sent along; by that mail's Message-ID, which is a signature
    over issue and subscriber. None when nothing proves anything, however clearly an address is named.
    """
    for address in (*report.came_to, *report.original.senders):
        owner = owner_by_delivery(delivery_of(address))
        if owner:
            return owner
    if report.original.token:
        subscriber = Subscriber.objects.filter(token=report.original.token).first()
        if subscriber:
            return Owner(subscriber, delivery_with(report.original.message_id, subscriber))
    return owner_by_message_id(report.original.message_id, (report.original.sent_to, *report.unreachable))


def owner_by_delivery(pk: int | None) -> Owner | None:
    if pk is None:
        return None
    delivery = Delivery.objects.select_related("subscriber").filter(pk=pk).first()
    return Owner(delivery.subscriber, delivery) if delivery else None


def owner_by_message_id(message_id: str, addresses: Iterable[str]) -> Owner | None:
    """The subscriber among `addresses` to whom we have sent a mail with this Message-ID."""
    for address in dict.fromkeys(filter(None, list(addresses)[:10])):
        subscriber = subscriber_at(address)
        if subscriber and (delivery := delivery_with(message_id, subscriber)):
            return Owner(subscriber, delivery)
    return None


def subscriber_at(address: str) -> Subscriber | None:
    if "\x00" in address or not address.isprintable():
        return None  # nothing that the database could be asked for
    return Subscriber.objects.with_address(address.strip()).first()


def delivery_with(message_id: str, subscriber: Subscriber) -> Delivery | None:
    """The subscriber's delivery with this Message-ID. It is worked out and not stored, so the latest ones are tried."""
    wanted = message_id.strip().strip("<>").lower()
    if not wanted:
        return None
    latest = subscriber.deliveries.order_by("-pk")[:LOOKED_THROUGH]
    return next((each for each in latest if each.message_id.strip("<>").lower() == wanted), None)


def has_moved(subscriber: Subscriber, sent_to: str) -> bool:
    """Whether the mail went to an address that the subscriber has exchanged for another since."""
    return bool(sent_to and subscriber.email and not same(sent_to, subscriber.email))
