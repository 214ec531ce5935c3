"""From the bytes of one mail to what it says. Whatever the bytes are, this gives an answer: at worst, a letter."""

import hashlib
import logging
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from newsletter.inbound.feedback import Feedback, feedback_of
from newsletter.inbound.headers import addresses_of, date_of, text_of
from newsletter.inbound.notification import Failure, failures, original_of
from newsletter.inbound.report import Report, Sort
from newsletter.severity import kind_of
from newsletter.verp import unsubscribe_token_of

logger = logging.getLogger(__name__)

# Our own mails are at most 102 kB, and a report says what it has to say before it gives one back: of a larger mail we
# read only the beginning.
MOST_BYTES = 2**20
HEAD_BYTES = 256 * 2**10
# A part within a part within a part: each costs the parser time on every line. Reports have three or four.
MOST_PARTS = 40

ADDRESSED = ("Delivered-To", "X-Original-To", "X-Delivered-To", "Envelope-To", "To", "Cc")
UNSUBSCRIBE = re.compile(r"(?:(?:re|sv|fwd?|vb)\s*:\s*)*unsubscribe[\s:]+<?([A-Za-z0-9_-]{16,32})>?", re.I)
OUT_OF_OFFICE = re.compile(
    r"(out of (the )?office|automatic reply|auto[ -]?(reply|response)|autosvar|automatiskt svar|frånvaro)\b", re.I
)
DAEMON = re.compile(r"mailer-daemon|^postmaster@|^mail-daemon@|^maildelivery", re.I)
# In reports that follow no standard: where our own mail begins, and a line that says why.
OUR_MAIL = re.compile(r"^-{2,}.*(?:copy|original|returned).*$|^Return-Path:", re.I | re.M)
CODE = re.compile(r"(?<![\d.])[45](\d\d|\.\d{1,3}\.\d{1,3})(?![\d.])")


def read(raw: bytes, to: tuple[str, ...] = ()) -> Report:
    """What the mail says. `to` are envelope recipients, where the mail server has told them."""
    content = raw if len(raw) <= MOST_BYTES else raw[:HEAD_BYTES]
    letter = Report(sort=Sort.LETTER, key=_digest(content), came_to=to)
    lower = content.lower()
    if lower.count(b"multipart/") + lower.count(b"message/rfc822") > MOST_PARTS:
        return letter
    try:
        return _read(content, letter)
    except Exception:
        # Also a RecursionError. The parsers are forgiving, but there is no end to what can be wrong with a mail.
        logger.exception("A mail cannot be read; it is left to a person")
        return letter


def _read(content: bytes, letter: Report) -> Report:
    message = message_from_bytes(content)
    letter = replace(
        letter,
        key=_key_of(message, content),
        came_to=(*letter.came_to, *addresses_of(message, *ADDRESSED)),
        happened_at=date_of(message, "Date"),
        original=original_of(message),
    )
    feedback = feedback_of(message)
    if feedback:
        return _about_feedback(feedback, letter)
    reported = failures(message)
    if reported is not None:
        return _about_failures(reported, letter)
    tokens = _tokens(message, letter.came_to)
    if tokens:
        return replace(letter, sort=Sort.UNSUBSCRIBE, tokens=tokens)
    if not _is_from_daemon(message):
        if _is_automatic(message):
            return replace(letter, sort=Sort.AUTOMATIC)
        if text_of(message, "Return-Path") != "<>":
            return letter
    return _about_failures(_guessed(content), letter)


def _about_failures(found: list[Failure], letter: Report) -> Report:
    """One report about one mail. It had one recipient, but a list or a forwarding may have made several of it."""
    final = [failure for failure in found if failure.kind]
    if final:
        worst = min(final, key=lambda failure: ("hard", "other", "soft").index(failure.kind))
        return replace(
            letter,
            sort=Sort.BOUNCE,
            kind=worst.kind,
            diagnostic=worst.diagnostic,
            unreachable=tuple(failure.recipient for failure in final if failure.recipient),
        )
    # A report of success, or one that we cannot make anything of, is no delay: it is left to a person.
    return replace(letter, sort=Sort.DELAY) if found else letter


def _about_feedback(feedback: Feedback, letter: Report) -> Report:
    original = replace(letter.original, senders=(*feedback.senders, *letter.original.senders))
    letter = replace(letter, original=original, diagnostic=feedback.kind)
    if feedback.kind == "opt-out" and original.token:
        return replace(letter, sort=Sort.UNSUBSCRIBE, tokens=(original.token,))
    # “not-spam” and the like are nobody's complaint.
    is_complaint = feedback.kind in {"abuse", "fraud", "virus"}
    return replace(letter, sort=Sort.COMPLAINT, kind="complaint") if is_complaint else letter


def _tokens(message: Message, came_to: tuple[str, ...]) -> tuple[str, ...]:
    """Whose wish to leave the mail may be: from its subject, or from behind the plus of the address it came to."""
    subject = UNSUBSCRIBE.fullmatch(text_of(message, "Subject"))
    found = [subject[1]] if subject else []
    return tuple(dict.fromkeys([*found, *filter(None, map(unsubscribe_token_of, came_to))]))[:5]


def _is_automatic(message: Message) -> bool:
    said = text_of(message, "Auto-Submitted").lower()
    return (
        (said != "" and not said.startswith("no"))
        or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autogenerated"))
        or text_of(message, "Precedence").lower() in {"auto_reply", "auto-reply", "bulk", "junk", "list"}
        or OUT_OF_OFFICE.match(text_of(message, "Subject")) is not None
    )


def _is_from_daemon(message: Message) -> bool:
    """Whether a mail server seems to have written it. An out-of-office reply has no envelope sender either."""
    senders = addresses_of(message, "From", "Sender")
    return bool(message.get("X-Failed-Recipients")) or any(DAEMON.search(address) for address in senders)


def _guessed(content: bytes) -> list[Failure]:
    """Reports of servers that follow no standard, in the words that flufl.bounce knows."""
    message = message_from_bytes(content[:HEAD_BYTES])
    delayed, failed = all_failures(message)
    words = _words_of(message)
    return [
        *(Failure(address.decode(), kind_of("", words), words) for address in sorted(failed)),
        *(Failure(address.decode(), "", words) for address in sorted(delayed)),
    ][:50]


def _words_of(message: Message) -> str:
    """The lines of the first text that say why, up to where our own mail begins."""
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            text = content.decode("utf-8", "replace")[:20_000] if isinstance(content, bytes) else ""
            lines = [line.strip() for line in OUR_MAIL.split(text, maxsplit=1)[0].splitlines() if line.strip()]
            return " ".join([line for line in lines if CODE.search(line)] or lines)[:1_000]
    return ""


def _key_of(message: Message, content: bytes) -> str:
    """A mail that comes twice has other lines on top, but the same Message-ID, and below the headers the same words."""
    message_id = text_of(message, "Message-ID")
    return _digest(message_id.encode() or re.split(rb"\r?\n\r?\n", content, maxsplit=1)[-1])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
