"""Handing mails to the mail server, step by step, so that for each we know how far it came."""

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.mail import get_connection

from newsletter.sending.backend_carrier import BackendCarrier
from newsletter.sending.judging import (
    GO_AHEAD,
    is_yes,
    locked_out,
    no,
    no_to_data,
    no_to_recipient,
    no_to_sender,
    said,
    words_of,
)
from newsletter.sending.outcome import Accepted, Deferred, LockedOut, Outcome, ServerDown, TooFast, Uncertain
from newsletter.sending.parcel import Parcel

# A server that filters what it takes may think for long before it answers, and giving up then leaves a mail uncertain:
# so many times EMAIL_TIMEOUT. RFC 5321, 4.5.3.2.6, asks for ten minutes; whoever stops a worker would wait as long.
AFTER_THE_DOT = 4
HANGS_UP = 421
# After so many mails a connection is closed and opened anew: servers distrust those that last too long.
MAILS_PER_CONNECTION = 500
# A connection that has rested for so long, in seconds, may have been closed at the other end.
RESTED = 5.0


def carrier() -> "SmtpCarrier | BackendCarrier":
    """The way mail goes in this installation."""
    backend = get_connection()
    return SmtpCarrier(backend) if hasattr(backend, "host") else BackendCarrier(backend)


class SmtpCarrier:
    """One SMTP connection, opened when needed and opened anew after it broke. Used by one thread at a time.

    Where the server offers PIPELINING (RFC 2920), sender, recipient and DATA go in one packet.
    """

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        self.carried = 0
        self.used_at = 0.0

    def open(self) -> None:
        """Make sure that a connection stands. Raises ServerDown with the server's words when none can be had, LockedOut
        when it is the credentials that are not accepted."""
        if self.backend.connection is not None and self.carried < MAILS_PER_CONNECTION:
            if time.monotonic() - self.used_at < RESTED or self._answers():
                return
            self._drop()
        self.close()
        try:
            self.backend.open()
            self.backend.connection.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise (LockedOut if locked_out(error) else ServerDown)(words_of(error)) from error
        self.carried = 0
        self.used_at = time.monotonic()

    def carry(self, parcel: Parcel, content: bytes) -> Outcome:
        """Hand over one mail, whose bytes on the wire are `content`, to its one recipient. `open` comes first."""
        smtp: smtplib.SMTP = self.backend.connection
        self.carried += 1
        try:
            no = self._announce(smtp, parcel, len(content))
        except (smtplib.SMTPException, OSError) as error:
            # Before the content nothing can have been delivered.
            self._drop()
            return Deferred(words_of(error))
        outcome = no or self._hand_over(smtp, content)
        self.used_at = time.monotonic()
        if isinstance(outcome, TooFast):
            # After a 421 the server hangs up.
            self._drop()
        return outcome

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        with suppress(Exception):
            self.backend.close()
        self.backend.connection = None

    def _announce(self, smtp: smtplib.SMTP, parcel: Parcel, size: int) -> Outcome | None:
        """MAIL, RCPT and DATA; None means the server is waiting for the content."""
        sender = f"MAIL FROM:{smtplib.quoteaddr(parcel.sender)}" + (f" SIZE={size}" if smtp.has_extn("size") else "")
        recipient = f"RCPT TO:{smtplib.quoteaddr(parcel.recipient)}"
        judges = {sender: no_to_sender, recipient: no_to_recipient, "DATA": no_to_data}
        pipelined = smtp.has_extn("pipelining")
        if pipelined:
            smtp.send("".join(f"{command}\r\n" for command in judges).encode("ascii"))
        refusal: Outcome | None = None
        for command, judge in judges.items():
            code, reply = smtp.getreply() if pipelined else smtp.docmd(command)
            refusal = refusal or judge(code, reply)
            if refusal and (code == HANGS_UP or not pipelined):
                break
        if refusal and code == GO_AHEAD:
            # It waits for content although it takes no recipient (RFC 2920, 3.1): it gets none.
            smtp.send(b".\r\n")
            smtp.getreply()
        if refusal and not isinstance(refusal, TooFast) and not self._answers():
            self._drop()
        return refusal

    def _hand_over(self, smtp: smtplib.SMTP, content: bytes) -> Outcome:
        try:
            smtp.send(content)
            with self._more_patience(smtp):
                code, reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Uncertain(words_of(error))
        if is_yes(code):
            return Accepted(said(code, reply))
        if 400 <= code < 600:
            return no(code, reply)
        # Whatever that means, it is not a no: the mail may be out.
        self._drop()
        return Uncertain(said(code, reply))

    @contextmanager
    def _more_patience(self, smtp: smtplib.SMTP) -> Iterator[None]:
        if smtp.sock is None or not self.backend.timeout:
            yield
            return
        smtp.sock.settimeout(self.backend.timeout * AFTER_THE_DOT)
        yield
        smtp.sock.settimeout(self.backend.timeout)

    def _answers(self) -> bool:
        with suppress(smtplib.SMTPException, OSError):
            return bool(self.backend.connection.rset()[0] == 250)
        return False

    def _drop(self) -> None:
        """Hang up without a word: there is nobody there, or we no longer know where in the talk we are."""
        with suppress(Exception):
            self.backend.connection.close()
        self.backend.connection = None
