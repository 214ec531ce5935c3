"""Who uploads: whoever holds a session, signed in or not."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import get_random_string, salted_hmac

from antispam.limits import network

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
