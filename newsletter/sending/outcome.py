from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What became of one mail, and the mail server's own words."""

    reply: str


class Accepted(Outcome):
    """The server took the mail."""


class Deferred(Outcome):
    """The server did not take it now, and said so, or never got it: it may be tried again."""


class Refused(Outcome):
    """The server will never take this mail."""


class Unreachable(Refused):
    """The server says that the address itself is no good."""


class Uncertain(Outcome):
    """The connection broke after the mail was on its way: nobody knows, so it is never sent again by itself."""


class ServerDown(Exception):
    """The mail server cannot be talked to at all, or does not let us in; nothing was handed over."""
