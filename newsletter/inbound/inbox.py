"""The mailbox that bounces come to, read through once a minute."""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.db import InterfaceError, OperationalError

from newsletter.inbound.imap import ImapInbox
from newsletter.inbound.maildir import MaildirInbox
from newsletter.inbound.receiving import Result, receive

logger = logging.getLogger(__name__)

# Enough for the bounces of 25,000 mails within minutes, and little enough that no task holds a worker for long.
MOST_AT_ONCE = 200
MOST_SECONDS = 50


class Inbox(Protocol):
    """A mailbox. Mails that are done with go; what is left to a person stays, marked, and is not looked at again."""

    def mails(self, most: int) -> Iterator[tuple[str, bytes]]:
        """The names and (at least the beginnings of) the bytes of mails not looked at yet, oldest first."""

    def remove(self, name: str) -> None: ...

    def leave_to_a_person(self, name: str) -> None: ...

    def close(self) -> None: ...


def inbox_at(url: str) -> Inbox:
    """The mailbox of INBOX_URL, which the settings have checked. Raises OSError when it cannot be had."""
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        return MaildirInbox(unquote(parts.path))
    return ImapInbox(
        host=parts.hostname or "",
        port=parts.port,
        encrypted=parts.scheme == "imaps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.lstrip("/")),
    )


def fetch(url: str) -> Counter[Result]:
    """Read what has come and return how much of it was what.

    A mail is removed after what follows from it has been committed: a worker that dies in between leaves it for the
    next one, to whom it is known. So two workers at once do no harm either.
    """
    results: Counter[Result] = Counter()
    deadline = time.monotonic() + MOST_SECONDS
    inbox = inbox_at(url)
    try:
        for name, raw in inbox.mails(MOST_AT_ONCE):
            result = _receive(raw)
            if result is Result.FOR_A_PERSON:
                inbox.leave_to_a_person(name)
            else:
                inbox.remove(name)
            results[result] += 1
            if time.monotonic() > deadline:
                break
    finally:
        inbox.close()
    if results[Result.FOR_A_PERSON]:
        logger.warning("%s mails in the inbox of bounces are left for a person to read", results[Result.FOR_A_PERSON])
    return results


def _receive(raw: bytes) -> Result:
    """One mail that upsets us must not stop those behind it. A database that is away stops them all: they can wait."""
    try:
        return receive(raw)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("A mail could not be taken care of")
        return Result.FOR_A_PERSON
