"""Headers as strangers write them, as plain text: nothing in them makes these fail."""

import datetime
from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from django.utils import timezone

LONGEST = 2_000


def text_of(message: Message, name: str) -> str:
    """The header decoded, on one line; empty when there is none."""
    return _readable(message.get(name, ""))


def texts_of(message: Message, name: str) -> list[str]:
    return [_readable(value) for value in message.get_all(name, [])[:20]]


def addresses_of(message: Message, *names: str) -> tuple[str, ...]:
    """The addresses in all headers with these names, in order."""
    values = [text for name in names for text in texts_of(message, name)]
    return tuple(address for _name, address in getaddresses(values) if "@" in address)[:50]


def date_of(message: Message, name: str) -> datetime.datetime | None:
    """The header's date, aware; None unless it is one of this century."""
    try:
        date = parsedate_to_datetime(text_of(message, name))
        date = date if timezone.is_aware(date) else date.replace(tzinfo=datetime.UTC)
        return date.astimezone(datetime.UTC) if date.year >= 2000 else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _readable(value: object) -> str:
    raw = str(value)[:LONGEST]
    # It may be said to be in a charset that it is not in, or that nobody knows.
    with suppress(HeaderParseError, LookupError, ValueError):
        raw = str(make_header(decode_header(raw)))
    return " ".join(raw.replace("\x00", "").encode("utf-8", "replace").decode().split())
