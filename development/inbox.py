"""What the mail catcher caught, newest first."""

import mailbox
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path

from django.conf import settings

from development.mail_catcher import RECIPIENT_HEADER, SENDER_HEADER


@dataclass(frozen=True)
class CaughtMessage:
    """One message; `message` holds only the headers unless it was asked for by its key."""

    key: str
    caught_at: datetime
    message: EmailMessage
    raw: bytes = b""

    @property
    def recipients(self) -> list[str]:
        """Who it was really for: the envelope's recipients, not the To."""
        return [str(value) for value in self.message.get_all(RECIPIENT_HEADER, [])]

    @property
    def envelope_sender(self) -> str:
        return str(self.message[SENDER_HEADER] or "")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def source(self) -> str:
        """The message as it came in, without the lines the catcher put above it."""
        lines = self.raw.decode("utf-8", errors="replace").splitlines()
        ours = (f"{RECIPIENT_HEADER}:", f"{SENDER_HEADER}:")
        first = next((number for number, line in enumerate(lines) if not line.startswith(ours)), len(lines))
        return "\n".join(lines[first:])

    def part(self, kind: str) -> str:
        """The `plain` or `html` part as text, or nothing."""
        body = self.message.get_body((kind,))
        if body is None:
            return ""
        try:
            return str(body.get_content())
        except (LookupError, ValueError):
            return str(body.get_payload())


def messages(recipient: str = "") -> list[CaughtMessage]:
    """All messages, newest first; with `recipient`, those to an address that contains it."""
    maildir = _maildir()
    parser = BytesHeaderParser(policy=policy.default)
    caught = []
    for key in maildir.keys():  # noqa: SIM118 – iterating a Maildir reads every message
        try:
            headers = parser.parsebytes(maildir.get_bytes(key))
        except (KeyError, FileNotFoundError):
            continue
        found = CaughtMessage(key, _caught_at(key), headers)
        if recipient.casefold() in " ".join(found.recipients).casefold():
            caught.append(found)
    return sorted(caught, key=lambda found: (found.caught_at, found.key), reverse=True)


def message(key: str) -> CaughtMessage:
    """The whole message. Raises KeyError."""
    maildir = _maildir()
    raw = maildir.get_bytes(key)
    return CaughtMessage(key, _caught_at(key), BytesParser(policy=policy.default).parsebytes(raw), raw)


def _maildir() -> mailbox.Maildir:
    return mailbox.Maildir(Path(settings.VAR_DIR) / "mail", create=True)


def _caught_at(key: str) -> datetime:
    """Maildir keys begin with the moment they were made: seconds, then `M` and microseconds."""
    moment = re.match(r"(\d+)\.M(\d+)P", key)
    seconds, microseconds = map(int, moment.groups()) if moment else (0, 0)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)
