"""Addresses of ours that come back by mail and say by themselves whose mail they are about.

The envelope sender of each mail names its delivery (VERP, variable envelope return path): whatever a bounce looks like,
it comes to that address, and a short signature makes sure that nobody but us has written it.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote

from django.conf import settings
from django.utils.http import base36_to_int, int_to_base36

from newsletter.models.address import bare

SIGNATURE_LENGTH = 10
LARGEST_ID = 2**63 - 1


def bounce_address(delivery_id: int) -> str:
    """The envelope sender of a delivery's mail: `studs+1z-0a1b2c3d4e@example.org`; the site's own without VERP."""
    if not settings.BOUNCE_ADDRESS:
        return bare(settings.DEFAULT_FROM_EMAIL)
    local, domain = _parts(settings.BOUNCE_ADDRESS)
    number = int_to_base36(delivery_id)
    return f"{local}+{number}-{_signature(settings.SECRET_KEY, number)}@{domain}"


def delivery_of(address: str) -> int | None:
    """The id of the delivery that a bounce address names; None unless we have signed it.

    Finds it also in capitals, in angle brackets and inside what a relay has made of it: SRS0=…=studs+1z-0a1b2c3d4e@…,
    prvs=…=studs+1z-0a1b2c3d4e@…, studs=2B1z-….
    """
    if not settings.BOUNCE_ADDRESS:
        return None
    for number, signature in _names_in(address[:1000]):
        if any(hmac.compare_digest(_signature(secret, number), signature) for secret in _secrets()):
            return base36_to_int(number)
    return None


def unsubscribe_mailto(token: str) -> str:
    """What a mail program writes to when its owner leaves by mail; in ASCII, so that it fits a header as it is."""
    return f"{_mailto(settings.UNSUBSCRIBE_ADDRESS)}?subject=unsubscribe%20{token}"


def unsubscribe_token_of(address: str) -> str:
    """The token behind the plus of an unsubscribe address, like `studs+Q3J…@example.org`; empty when there is none."""
    local, _domain = _parts(settings.UNSUBSCRIBE_ADDRESS)
    found = re.search(rf"(?:^|[<\s]){re.escape(local)}\+([A-Za-z0-9_-]{{16,32}})@", address[:1000], re.IGNORECASE)
    # A bounce address at the same mailbox looks like one once there have been some millions of mails.
    return found[1] if found and delivery_of(address) is None else ""


def _names_in(address: str) -> Iterator[tuple[str, str]]:
    """All that look like a delivery's number and its signature."""
    local, _domain = _parts(settings.BOUNCE_ADDRESS)
    for number, signature in _pattern(local).findall(address.lower()):
        # As we write it: no leading zeros, and not more than the database can hold.
        if base36_to_int(number) <= LARGEST_ID and int_to_base36(base36_to_int(number)) == number:
            yield number, signature


@lru_cache(maxsize=8)
def _pattern(local: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![a-z0-9]){re.escape(local)}(?:\+|=2b|%2b)([0-9a-z]{{1,13}})-([0-9a-f]{{{SIGNATURE_LENGTH}}})(?![0-9a-z])"
    )


@lru_cache(maxsize=8)
def _parts(address: str) -> tuple[str, str]:
    local, _at, domain = address.lower().rpartition("@")
    return local, domain


@lru_cache(maxsize=8)
def _mailto(address: str) -> str:
    return f"mailto:{quote(address, safe='@+-._~')}"


def _secrets() -> list[str]:
    """A bounce may come after the key was changed."""
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


@lru_cache(maxsize=8)
def _keyed(secret: str) -> "hmac.HMAC":
    return hmac.new(hashlib.sha256(b"newsletter.verp" + secret.encode()).digest(), digestmod="sha256")


def _signature(secret: str, number: str) -> str:
    """Short, for an address has room for 64 characters before its @; guessing it takes 2⁴⁰ mails."""
    keyed = _keyed(secret).copy()
    keyed.update(number.encode())
    return keyed.hexdigest()[:SIGNATURE_LENGTH]
