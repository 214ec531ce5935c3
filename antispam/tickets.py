"""The hidden, signed and dated ticket of a form: it says when the form was opened, and which one it is."""

import uuid

from django.core.signing import BadSignature, TimestampSigner

FILLED_IN_NO_FASTER_THAN = 2  # seconds
LASTS = 7 * 24 * 3600  # seconds: as long as the pictures of a form that was never sent

# A dot, since a colon would be escaped in every link and log that a ticket ends up in.
signer = TimestampSigner(sep=".", salt="antispam.ticket")


class Expired(Exception):
    """The ticket is too old, forged or missing."""


class TooFast(Exception):
    """The form came back quicker than fingers fill it in."""


def new_ticket(key: uuid.UUID | None = None) -> str:
    """A ticket dated now: for a form of its own, or for one more window on the form that has `key`."""
    return signer.sign((key or uuid.uuid4()).hex)


def key_of(ticket: str) -> uuid.UUID | None:
    """The form's key, however old the ticket: to find what an earlier sending of the same form made."""
    try:
        return uuid.UUID(signer.unsign(ticket))
    except (BadSignature, ValueError):
        return None


def checked(ticket: str) -> uuid.UUID:
    """The form's key. Raises Expired or TooFast."""
    try:
        key = uuid.UUID(signer.unsign(ticket, max_age=LASTS))
    except (BadSignature, ValueError) as error:
        raise Expired from error
    try:
        signer.unsign(ticket, max_age=FILLED_IN_NO_FASTER_THAN)
    except BadSignature:
        return key
    raise TooFast
