from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Outcome:
    """What became of one mail, and the mail server's own words. `verdict` is what the books say of it."""

    verdict: ClassVar[str]
    reply: str


class Accepted(Outcome):
    """The server took the mail."""

    verdict = "accepted"


class Deferred(Outcome):
    """The server did not take it now, and said so, or never got it: it may be tried again."""

    verdict = "deferred"


class TooFast(Deferred):
    """The server asks us to slow down (421, 454)."""


class TooFastForDomain(TooFast):
    """It asks so for this recipient's domain only."""


class Refused(Outcome):
    """The server will never take this mail."""

    verdict = "failed"


class Unreachable(Refused):
    """The server says that the address itself is no good."""


class MailboxFull(Refused):
    """The mailbox cannot take it, this time: full, or out of order."""


class Uncertain(Outcome):
    """The connection broke after the mail was on its way: nobody knows, so it is never sent again by itself."""

    verdict = "unknown"


class NotForUs(Deferred):
    """The server takes no mail from us, whoever it is for: trying the next recipient is no use."""


class ServerDown(Exception):
    """The mail server cannot be talked to at all; nothing was handed over."""


class LockedOut(ServerDown):
    """The mail server does not know us: a wrong password, or none where it wants one. Waiting mends nothing."""
