"""What became of each recipient of an issue, as a table for a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from newsletter.mail_reply import told
from newsletter.models import Delivery, Issue, Variant
from newsletter.models.address import readable

CHUNK = 2000
STATES = dict(Delivery.State.choices)
LANGUAGES = dict(settings.LANGUAGES)

Row = dict[str, Any]


class DeliveryLog:
    """Headings, rows and their cells, for `spreadsheet.download`; read row by row, however many."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        self.variants = self._variants()

    @property
    def headings(self) -> list[str]:
        return [
            _("E-mail address"),
            pgettext("delivery log", "Language"),
            pgettext("delivery log", "Items"),
            _("State"),
            _("Attempts"),
            _("When"),
            _("The mail server’s answer"),
            "Message-ID",
        ]

    def rows(self) -> Iterator[Row]:
        deliveries = self.issue.deliveries.order_by("pk").values(
            "subscriber_id",
            "subscriber__email",
            "variant_id",
            "state",
            "closed_at",
            "attempt",
            "changed_at",
            "smtp_reply",
        )
        return deliveries.iterator(chunk_size=CHUNK)

    def cells(self, row: Row) -> list[Any]:
        language, titles = self.variants[row["variant_id"]]
        email = row["subscriber__email"]
        return [
            readable(email) if email else _("erased subscriber"),
            LANGUAGES[language],
            titles,
            pgettext("delivery", "uncertain, left at that") if row["closed_at"] else STATES[row["state"]],
            row["attempt"],
            f"{timezone.localtime(row['changed_at']):%Y-%m-%d %H:%M:%S}",
            told(row["smtp_reply"]),
            Delivery.message_id_of(self.issue.pk, row["subscriber_id"]),
        ]

    def _variants(self) -> dict[int, tuple[str, str]]:
        """Language and titles of each variant, by its id."""
        titles = {item.pk: item.title for item in self.issue.items.with_sources()}
        variants = Variant.objects.filter(issue=self.issue).only("items", "language")
        return {
            variant.pk: (variant.language, "; ".join(titles.get(pk, "–") for pk in variant.items))
            for variant in variants
        }
