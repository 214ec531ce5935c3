"""Who uploads: whoever holds a session, signed in or not."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
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
    proposed: str = field(default_factory=lambda: get_random_string(32))
    """The key the session is going to have. A page carries it, so that two first uploads at once get the same one."""

    @classmethod
    def of(cls, request: HttpRequest, *, proposed: str = "") -> "Visitor":
        return cls(request.session, network(request), proposed or get_random_string(32))

    @property
    def key(self) -> str:
        return str(self.session.get(SESSION_KEY) or self.proposed)

    @property
    def digest(self) -> str:
        """What the database knows the visitor by; empty before the first upload. Not the session's key."""
        key = self.session.get(SESSION_KEY)
        return salted_hmac("pictures.visitor", str(key), algorithm="sha256").hexdigest() if key else ""

    def remember(self) -> str:
        """The digest, after giving the session a key if it has none."""
        if not self.session.get(SESSION_KEY):
            self.session[SESSION_KEY] = self.proposed
        return self.digest
