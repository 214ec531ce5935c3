"""What mail services tell us about our mails: Anymail's events, whose signature has been checked before."""

import datetime
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.utils import timezone

from newsletter.inbound.owner import Owner, delivery_with, has_moved, owner_by_delivery, subscriber_at
from newsletter.models import Bounce
from newsletter.severity import kind_of
from newsletter.verp import delivery_of

logger = logging.getLogger(__name__)

LEAVES = "leaves"
REJECTED = {
    RejectReason.INVALID: Bounce.Kind.HARD,
    RejectReason.BOUNCED: Bounce.Kind.HARD,
    RejectReason.SPAM: Bounce.Kind.COMPLAINT,
    RejectReason.TIMED_OUT: Bounce.Kind.SOFT,
}
# Mailgun's reasons for not even trying, from what it remembers of the address.
SUPPRESSED = {
    "suppress-bounce": Bounce.Kind.HARD,
    "suppress-complaint": Bounce.Kind.COMPLAINT,
    "suppress-unsubscribe": Bounce.Kind.OTHER,
    "old": Bounce.Kind.SOFT,  # tried for too long
}


def receive_event(sender: Any, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Receiver of `anymail.signals.tracking`. An error in here makes the service try again later."""
    what = meaning_of(event)
    owner = owner_of_event(event) if what else None
    if owner is None or what is None:
        return
    if what == LEAVES:
        leave(owner, event)
        return
    moved = has_moved(owner.subscriber, event.recipient or "")
    bounce = Bounce.receive(
        owner.subscriber,
        delivery=owner.delivery,
        kind=Bounce.Kind.OTHER if moved and what != Bounce.Kind.COMPLAINT else what,
        source=esp_name.lower(),
        event_key=key_of(event),
        diagnostic=words_of(event),
        happened_at=time_of(event),
    )
    logger.info("%s tells of a %s bounce, %s", esp_name, what, "counted" if bounce else "known")


def meaning_of(event: AnymailTrackingEvent) -> str | None:
    """A kind of bounce, LEAVES, or None for what we do not act on: that a mail has arrived or is still being tried."""
    match event.event_type:
        case EventType.COMPLAINED:
            return Bounce.Kind.COMPLAINT
        case EventType.UNSUBSCRIBED:
            return LEAVES
        case EventType.REJECTED:
            return REJECTED.get(event.reject_reason or "", Bounce.Kind.OTHER)
        case EventType.BOUNCED:
            return _kind_of_bounce(event)
        case _:
            return None


def _kind_of_bounce(event: AnymailTrackingEvent) -> str:
    told = mapping(event.esp_event, "event-data")
    if told.get("reason") in SUPPRESSED:
        return SUPPRESSED[str(told["reason"])]
    status = mapping(told, "delivery-status")
    words = f"{status.get('code') or ''} {words_of(event)}"
    kind = kind_of(str(status.get("enhanced-code") or ""), words)
    service_says_soft = mapping(event.esp_event, "data").get("type") == "soft_bounced"
    return Bounce.Kind.SOFT if service_says_soft and kind == Bounce.Kind.HARD else kind


def owner_of_event(event: AnymailTrackingEvent) -> Owner | None:
    """By the envelope sender, where the service passes it on, else by the recipient: the service vouches for it."""
    envelope = mapping(mapping(event.esp_event, "event-data"), "envelope")
    owner = owner_by_delivery(delivery_of(str(envelope.get("sender") or "")))
    if owner:
        return owner
    subscriber = subscriber_at(event.recipient) if isinstance(event.recipient, str) else None
    if subscriber is None:
        return None
    return Owner(subscriber, delivery_with(str(event.message_id or ""), subscriber))


def leave(owner: Owner, event: AnymailTrackingEvent) -> None:
    """Unless they have confirmed since that they want to read: services tell the same more than once."""
    confirmed_at = owner.subscriber.confirmed_at
    if confirmed_at is None or time_of(event) >= confirmed_at:
        owner.subscriber.leave(verb="left_at_mail_service")


def key_of(event: AnymailTrackingEvent) -> str:
    """The same for an event that is told again.

    Mailgun signs anew when it tries again; its events' own ids are unique within a day. Without an id, what was said is
    the key.
    """
    told = mapping(event.esp_event, "event-data")
    if told.get("id"):
        said = f"{time_of(event).astimezone(datetime.UTC).date()} {told['id']}"
    else:
        said = str(event.event_id or json.dumps(event.esp_event, sort_keys=True, default=str))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def time_of(event: AnymailTrackingEvent) -> datetime.datetime:
    """When it happened, aware; now, where the service does not say so."""
    time = event.timestamp
    if not isinstance(time, datetime.datetime):
        return timezone.now()
    return time if timezone.is_aware(time) else time.replace(tzinfo=datetime.UTC)


def words_of(event: AnymailTrackingEvent) -> str:
    """The receiving server's words, else the service's own."""
    return str(event.mta_response or event.description or "")


def mapping(value: Any, key: str) -> Mapping[str, Any]:
    """The JSON object under `key`; an empty one when there is none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}
