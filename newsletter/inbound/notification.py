"""Delivery status notifications (RFC 3464, RFC 6533): what the mail servers on the way say by form."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from newsletter.inbound.headers import addresses_of, text_of
from newsletter.inbound.report import Original
from newsletter.severity import kind_of

STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
HEADER_TYPES = {"text/rfc822-headers", "message/global-headers"}
MESSAGE_TYPES = {"message/rfc822", "message/global"}

MOST_RECIPIENTS = 50
TOKEN = re.compile(r"unsubscribe(?:%20|\s)([A-Za-z0-9_-]{16,32})(?![A-Za-z0-9_-])|/u/([A-Za-z0-9_-]{16,32})/")


@dataclass(frozen=True)
class Failure:
    """What became of one recipient; `kind` is empty while the server is still trying."""

    recipient: str
    kind: str
    diagnostic: str


def failures(message: Message) -> list[Failure] | None:
    """One for each recipient that the report has given up or not reached yet; None when it is no report at all."""
    parts = [part for part in message.walk() if part.get_content_type() in STATUS_TYPES]
    if not parts:
        return None
    blocks = [block for part in parts for block in _blocks(part)][: MOST_RECIPIENTS + 1]
    return [failure for block in blocks if (failure := _failure(block))]


def original_of(message: Message) -> Original:
    """The mail of ours that came along with the report, whole or only its headers."""
    for part in message.walk():
        if part is message:
            continue
        kind = part.get_content_type()
        if kind in HEADER_TYPES:
            return _original(fields_of(content_of(part)))
        inside = part.get_payload()
        if kind in MESSAGE_TYPES and isinstance(inside, list) and isinstance(inside[0], Message):
            return _original(inside[0])
    return Original()


def _original(ours: Message) -> Original:
    return Original(
        message_id=text_of(ours, "Message-ID"),
        sent_to=next(iter(addresses_of(ours, "To")), ""),
        senders=addresses_of(ours, "Return-Path", "X-Envelope-From"),
        token=_token_in(text_of(ours, "List-Unsubscribe")),
    )


def _token_in(text: str) -> str:
    found = TOKEN.search(text)
    return (found[1] or found[2]) if found else ""


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a status part. Whatever our parser has made of them, they are headers and blank lines."""
    for group in re.split(r"\n[ \t]*\n", content_of(part).replace("\r\n", "\n")):
        if group.strip():
            yield fields_of(group)


def _failure(block: Message) -> Failure | None:
    action = text_of(block, "Action").lower()
    if not action.startswith(("fail", "error", "delayed")):
        return None  # delivered, relayed, expanded; or the fields about the message as a whole
    status = text_of(block, "Status")
    diagnostic = text_of(block, "Diagnostic-Code").partition(";")[2].strip() or text_of(block, "Diagnostic-Code")
    return Failure(
        recipient=_address(text_of(block, "Final-Recipient") or text_of(block, "Original-Recipient")),
        kind="" if action.startswith("delayed") else kind_of(status, diagnostic),
        diagnostic=diagnostic or status,
    )


def _address(field: str) -> str:
    """From “rfc822; name@example.org”, with or without the type and angle brackets."""
    return field.rpartition(";")[2].strip().strip("<>")[:320]


def fields_of(text: str) -> Message:
    """Lines of “Name: value” as headers."""
    return HeaderParser().parsestr(text.lstrip())


def content_of(part: Message) -> str:
    """The content of a part, also of one that was parsed into messages of its own."""
    inside = part.get_payload()
    if isinstance(inside, list):
        return "\n\n".join(inner.as_string() for inner in inside[: MOST_RECIPIENTS + 1] if isinstance(inner, Message))
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
