"""What a mail server's answer means, and its words."""

import smtplib

from newsletter.models.address import without_addresses
from newsletter.sending.outcome import (
    Deferred,
    MailboxFull,
    NotForUs,
    Outcome,
    Refused,
    TooFast,
    TooFastForDomain,
    Unreachable,
)
from newsletter.severity import HARD, SOFT, kind_of

# "No such mailbox" and its like, unless what stands after the code says otherwise.
UNREACHABLE_CODES = {550, 551, 553}
TOO_FAST_CODES = {421, 454}
GO_AHEAD = 354


def is_yes(code: int) -> bool:
    """Codes are judged by their first digit (RFC 5321, 4.2.1): a server is free to invent the others."""
    return 200 <= code < 300


def no(code: int, reply: bytes) -> Outcome:
    if code in TOO_FAST_CODES:
        return TooFast(said(code, reply))
    return Refused(said(code, reply)) if 500 <= code < 600 else Deferred(said(code, reply))


def no_to_sender(code: int, reply: bytes) -> Outcome | None:
    """None for a yes. So far the server knows nothing but who we are, so a lasting no is one to all our mail."""
    if is_yes(code):
        return None
    return NotForUs(said(code, reply)) if 500 <= code < 600 and code != 552 else no(code, reply)


def no_to_recipient(code: int, reply: bytes) -> Outcome | None:
    """None for a yes. A permanent no to the address itself is told apart from one to us: what is said here of lists of
    spammers and the like would else be held against the reader."""
    if is_yes(code):
        return None
    if 500 <= code < 600:
        kind = kind_of("", said(code, reply))
        if kind == SOFT:
            return MailboxFull(said(code, reply))
        if kind == HARD and code in UNREACHABLE_CODES:
            return Unreachable(said(code, reply))
    return TooFastForDomain(said(code, reply)) if code in TOO_FAST_CODES else no(code, reply)


def no_to_data(code: int, reply: bytes) -> Outcome | None:
    return None if code == GO_AHEAD else no(code, reply)


def locked_out(error: BaseException) -> bool:
    """Whether the server wants other credentials: not when it says that it cannot check them just now (454)."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return error.smtp_code >= 500
    return isinstance(error, smtplib.SMTPNotSupportedError)


def said(code: int, reply: bytes) -> str:
    return kept(f"{code} {reply.decode('utf-8', 'replace')}")


def words_of(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        return said(error.smtp_code, reply if isinstance(reply, bytes) else str(reply).encode())
    return kept(f"{type(error).__name__}: {error}")


def kept(words: str) -> str:
    """The words as deliveries and history keep them: not for ever, and without anybody's address."""
    words = words[:1_000].replace("\x00", "").strip()
    return (without_addresses(words) if "@" in words else words)[:300]
