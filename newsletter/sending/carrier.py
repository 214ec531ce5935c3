"""Handing mails to the mail server, step by step, so that for each we know how far it came."""

import logging
import smtplib
from contextlib import suppress
from email.utils import parseaddr
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from newsletter.sending.outcome import (
    Accepted,
    Deferred,
    Outcome,
    Refused,
    ServerDown,
    Uncertain,
    Unreachable,
)

logger = logging.getLogger(__name__)

# "No such mailbox" and its like. Codes under 5.7 are about us (policy, spam), not about the address.
UNREACHABLE_CODES = {550, 551, 553}


def carrier() -> "SmtpCarrier | BackendCarrier":
    """The way mail goes in this installation."""
    backend = get_connection()
    return SmtpCarrier(backend) if hasattr(backend, "host") else BackendCarrier(backend)


class SmtpCarrier:
    """One SMTP connection, opened when needed and opened anew after it broke."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        self.sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop()

    def open(self) -> None:
        """Make sure that a connection stands. Raises ServerDown, with the server's words, when none can be had."""
        if self.backend.connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                if self.backend.connection.rset()[0] == 250:
                    return
            self._drop()
        try:
            self.backend.open()
            self.backend.connection.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise ServerDown(words_of(error)) from error

    def carry(self, message: EmailMultiAlternatives, content: bytes) -> Outcome:
        """Hand over one mail, whose bytes are `content`, to its one recipient. `open` comes first."""
        smtp: smtplib.SMTP = self.backend.connection
        try:
            refusal = self._announce(smtp, parseaddr(message.to[0])[1])
        except (smtplib.SMTPException, OSError) as error:
            # Before the content nothing can have been delivered.
            self._drop()
            return Deferred(words_of(error))
        if refusal:
            return refusal
        return self._hand_over(smtp, content)

    def _announce(self, smtp: smtplib.SMTP, recipient: str) -> Outcome | None:
        """MAIL, RCPT and DATA; None means the server is waiting for the content."""
        code, reply = smtp.mail(self.sender)
        if code != 250:
            return Deferred(said(code, reply))
        code, reply = smtp.rcpt(recipient)
        if code not in {250, 251}:
            return no_to_recipient(code, reply)
        code, reply = smtp.docmd("DATA")
        if code != 354:
            return no(code, reply)
        return None

    def _hand_over(self, smtp: smtplib.SMTP, content: bytes) -> Outcome:
        try:
            smtp.send(ended(content))
            code, reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Uncertain(words_of(error))
        return Accepted(said(code, reply)) if code == 250 else no(code, reply)

    def _drop(self) -> None:
        with suppress(Exception):
            self.backend.close()
        self.backend.connection = None


class BackendCarrier:
    """Any other of Django's mail backends: it takes the mail or raises, and tells no more than that."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.backend.close()

    def open(self) -> None:
        try:
            self.backend.open()
        except Exception as error:
            raise ServerDown(words_of(error)) from error

    def carry(self, message: EmailMultiAlternatives, content: bytes) -> Outcome:
        try:
            taken = self.backend.send_messages([message])
        except Exception as error:
            logger.exception("The mail backend failed")
            return Uncertain(words_of(error))
        return Accepted("") if taken else Refused("")


def ended(content: bytes) -> bytes:
    """The content as it goes over the wire: leading dots doubled, the final dot at the end."""
    quoted = content.replace(b"\r\n.", b"\r\n..")
    return quoted + (b".\r\n" if quoted.endswith(b"\r\n") else b"\r\n.\r\n")


def no(code: int, reply: bytes) -> Outcome:
    return Refused(said(code, reply)) if 500 <= code < 600 else Deferred(said(code, reply))


def no_to_recipient(code: int, reply: bytes) -> Outcome:
    """A permanent no to the address itself is told apart from one to us."""
    if code in UNREACHABLE_CODES and not reply.lstrip().startswith(b"5.7."):
        return Unreachable(said(code, reply))
    return no(code, reply)


def said(code: int, reply: bytes) -> str:
    return f"{code} {reply.decode('utf-8', 'replace')}".replace("\x00", "").strip()[:300]


def words_of(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        return said(error.smtp_code, reply if isinstance(reply, bytes) else str(reply).encode())
    return f"{type(error).__name__}: {error}".replace("\x00", "")[:300]
