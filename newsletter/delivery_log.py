"""What became of each recipient of an issue, as a file for a spreadsheet."""

import csv
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from newsletter.models import Delivery, Issue, Variant
from newsletter.models.address import readable

# What makes a spreadsheet take a cell for a formula, when it comes first.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

CHUNK = 2000


class Echo:
    """What a CSV writer writes to, for whoever wants each line by itself."""

    def write(self, line: str) -> str:
        return line


class DeliveryLog:
    """The lines of the log, in UTF-8 with the mark that has Excel show å, ä and ö; read row by row, however many.

    In the language that is active when it is made. Between the cells stands what a spreadsheet in that language
    expects: a semicolon in Swedish, where the comma is in the numbers.
    """

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        self.delimiter = "," if get_language() == "en" else ";"
        self.headings = [
            _("E-mail address"),
            pgettext("delivery log", "Language"),
            pgettext("delivery log", "Items"),
            _("State"),
            _("Attempts"),
            _("When"),
            _("The mail server’s answer"),
        ]
        # In words now: when the lines are read, the request is over and its language with it.
        self.states = {state.value: str(state.label) for state in Delivery.State}
        self.closed = pgettext("delivery", "uncertain, left at that")
        self.languages = {code: str(name) for code, name in settings.LANGUAGES}
        self.erased = _("erased subscriber")

    def lines(self) -> Iterator[bytes]:
        writer: Any = csv.writer(Echo(), delimiter=self.delimiter, lineterminator="\r\n")
        yield b"\xef\xbb\xbf" + writer.writerow(self.headings).encode()
        variants = self._variants()
        for delivery in self._rows().iterator(chunk_size=CHUNK):
            yield writer.writerow([safe(cell) for cell in self._cells(delivery, variants)]).encode()

    def _rows(self) -> Any:
        deliveries = self.issue.deliveries.order_by("pk")
        return deliveries.values(
            "subscriber__email", "variant_id", "state", "closed_at", "attempt", "changed_at", "smtp_reply"
        )

    def _variants(self) -> dict[int, tuple[str, str]]:
        """Language and titles of each variant, by its id."""
        titles = {item.pk: item.title for item in self.issue.items.with_sources()}
        variants = Variant.objects.filter(issue=self.issue).only("items", "language")
        return {
            variant.pk: (self.languages[variant.language], "; ".join(titles.get(pk, "–") for pk in variant.items))
            for variant in variants
        }

    def _cells(self, delivery: dict[str, Any], variants: dict[int, tuple[str, str]]) -> list[str]:
        language, titles = variants[delivery["variant_id"]]
        email = delivery["subscriber__email"]
        return [
            readable(email) if email else self.erased,
            language,
            titles,
            self.closed if delivery["closed_at"] else self.states[delivery["state"]],
            str(delivery["attempt"]),
            f"{timezone.localtime(delivery['changed_at']):%Y-%m-%d %H:%M:%S}",
            delivery["smtp_reply"],
        ]


def safe(cell: str) -> str:
    """The cell as text that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
