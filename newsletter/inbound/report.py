"""What one mail to us says, once it has been read. All of it is what a stranger wrote; nothing is proved yet."""

import datetime
from dataclasses import dataclass, field
from enum import Enum


class Sort(Enum):
    BOUNCE = "bounce"
    DELAY = "delay"  # still trying: another report follows when it is given up
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    AUTOMATIC = "automatic"  # out of office and its like
    LETTER = "letter"  # all else: a person wrote it, or it takes one to make sense of it


@dataclass(frozen=True, kw_only=True)
class Original:
    """The mail of ours that a report is about, as far as it was sent along."""

    message_id: str = ""
    sent_to: str = ""
    senders: tuple[str, ...] = ()  # what the report calls its envelope sender
    token: str = ""  # from its List-Unsubscribe


@dataclass(frozen=True, kw_only=True)
class Report:
    sort: Sort
    key: str  # the same when the same mail comes again
    came_to: tuple[str, ...] = ()
    kind: str = ""  # of a bounce: "hard", "soft" or "other"
    diagnostic: str = ""
    unreachable: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()  # of who may want to leave
    happened_at: datetime.datetime | None = None
    original: Original = field(default_factory=Original)
