"""Who uploads: whoever holds a session, signed in or not."""

import ipaddress
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import get_random_string, salted_hmac

SESSION_KEY = "pictures_visitor"


@dataclass(frozen=True)
class Visitor:
    """A session and the network it comes from. Nothing is written until `remember()`: reading sets no cookie."""

    session: MutableMapping[str, Any]
    address: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Visitor":
        return cls(request.session, network(request))

    @property
    def digest(self) -> str:
        """What the database knows the visitor by; empty before the first upload. Not the session's key."""
        key = self.session.get(SESSION_KEY)
        return salted_hmac("pictures.visitor", str(key), algorithm="sha256").hexdigest() if key else ""

    def remember(self) -> str:
        """The digest, after giving the session a key if it has none."""
        if not self.session.get(SESSION_KEY):
            self.session[SESSION_KEY] = get_random_string(32)
        return self.digest


def network(request: HttpRequest) -> str:
    """The network the request comes from: an IPv4 address, or the /64 of an IPv6 one. Empty when it cannot be told.

    Behind our own proxy (TRUST_PROXY) the last X-Forwarded-For entry is the one it wrote; earlier ones are hearsay.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
