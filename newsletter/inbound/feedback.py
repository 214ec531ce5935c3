"""Abuse reports (RFC 5965): a reader has pressed “this is spam”."""

from dataclasses import dataclass
from email.message import Message

from newsletter.inbound.headers import addresses_of, text_of
from newsletter.inbound.notification import content_of, fields_of


@dataclass(frozen=True)
class Feedback:
    kind: str  # "abuse" and others, in small letters
    senders: tuple[str, ...]  # the envelope sender of the mail it is about


def feedback_of(message: Message) -> Feedback | None:
    """The report in the mail; None when there is none."""
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = fields_of(content_of(part))
            return Feedback(
                kind=text_of(fields, "Feedback-Type").lower(), senders=addresses_of(fields, "Original-Mail-From")
            )
    return None
