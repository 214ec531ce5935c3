import re
from typing import Any

from django.db import models

from newsletter.mail_reply import told

Reader = Any  # A Subscriber, which has the fields.


class Exportable(models.Model):
    """Everything we hold about a subscriber, for their own eyes."""

    class Meta:
        abstract = True

    def export(self: Reader) -> dict[str, Any]:
        return {
            "email": str(self),
            "state": self.state,
            "frequency": self.frequency,
            "language": self.language,
            "labs": [lab.name for lab in self.labs.alphabetical()],
            "focus_areas": [area.name for area in self.focus_areas.all()],
            "paused_until": self.paused_until,
            "news_from": self.news_from,
            "created_at": self.created_at,
            "confirmed_at": self.confirmed_at,
            "left_at": self.left_at,
            "left_because": self.left_because,
            "block_lifted_at": self.block_lifted_at,
            "letters_sent": self.letters_sent,
            "last_letter_at": self.last_letter_at,
            "consents": list(
                self.consents.values("text", "form", "language", "given_at", "confirmed_at", "subscriber_import")
            ),
            "address_changes": list(
                self.address_changes.order_by("pk").values("new_email", "state", "asked_at", "decided_at")
            ),
            "events": list(self.events.order_by("created_at", "pk").values("verb", "particulars", "created_at")),
            "deliveries": [
                {
                    "issue": delivery.issue.subject,
                    "state": delivery.state,
                    "at": delivery.changed_at,
                    "attempts": delivery.attempt,
                    "answer": told(delivery.smtp_reply),
                    "news_from": delivery.news_from,
                    "closed_at": delivery.closed_at,
                }
                for delivery in self.deliveries.select_related("issue").order_by("pk")
            ],
            "bounces": [plain(bounce) for bounce in self.returned_mail()],
            "letters": [
                {
                    "to": letter.to,
                    "subject": letter.subject,
                    "text": without_links(letter.text),
                    "state": letter.state,
                    "created_at": letter.created_at,
                    "sent_at": letter.sent_at,
                    "trouble": letter.last_error,
                }
                for letter in self.letters.order_by("pk")
            ],
        }

    def returned_mail(self: Reader) -> list[Any]:
        """What came back from the address, latest first."""
        return list(self.bounces.newest_first())


def without_links(text: str) -> str:
    """The text with an ellipsis for each link: whoever has the key in one has shown that they read that inbox."""
    return re.sub(r"https?://\S+", "…", text)


def plain(row: models.Model) -> dict[str, Any]:
    """The row's own columns, without its keys to other rows and without raw bytes."""
    columns = [field for field in row._meta.concrete_fields if not field.is_relation and not field.primary_key]
    values = {field.name: field.value_from_object(row) for field in columns}
    return {name: value for name, value in values.items() if not isinstance(value, bytes | memoryview)}
