"""How many tips to colleagues there were, in each week or day and about which page. Numbers only: nobody's address."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDay, TruncWeek
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from methods.models import Method
from procurement_portal.models import Referral, Supplier
from procurement_portal.models.tipped_page import PageKind

State, Reason = Referral.State, Referral.Reason

NUMBERS: dict[str, Any] = {
    "asked": Count("pk"),
    "confirmed": Count("pk", filter=Q(confirmed_at__isnull=False)),
    "sent": Count("pk", filter=Q(state=State.SENT)),
    "stopped": Count("pk", filter=Q(withheld_because=Reason.STOPPED)),
    "otherwise": Count("pk", filter=Q(state=State.WITHHELD) & ~Q(withheld_because=Reason.STOPPED)),
}


@dataclass(frozen=True)
class Period:
    """A week or a day, and what was asked for in it."""

    begins: datetime.date
    ends: datetime.date
    numbers: dict[str, int]


@dataclass(frozen=True)
class Tipped:
    """A page that was passed on. `url` is empty when it is no longer public."""

    title: str
    url: str
    asked: int
    sent: int


class ReferralNumbers:
    """Of the last twelve weeks, or the last thirty days, up to and with the current one."""

    WEEKS = 12
    DAYS = 30

    def __init__(self, *, by: str = "week", today: datetime.date | None = None) -> None:
        self.by = "day" if by == "day" else "week"
        today = today or timezone.localdate()
        self.step = datetime.timedelta(days=1 if self.by == "day" else 7)
        newest = today if self.by == "day" else today - datetime.timedelta(days=today.weekday())
        count = self.DAYS if self.by == "day" else self.WEEKS
        self.beginnings = [newest - self.step * number for number in range(count)]
        # A new day begins at midnight where the labs are.
        since = timezone.make_aware(datetime.datetime.combine(self.beginnings[-1], datetime.time.min))
        self.referrals = Referral.objects.filter(created_at__gte=since)

    @property
    def periods(self) -> list[Period]:
        """Newest first, those in which nothing happened too."""
        cut = TruncDay("created_at") if self.by == "day" else TruncWeek("created_at")
        rows: Any = self.referrals.annotate(begins=cut).values("begins").annotate(**NUMBERS).order_by()
        found = {timezone.localtime(row["begins"]).date(): {name: row[name] for name in NUMBERS} for row in rows}
        last = self.step - datetime.timedelta(days=1)
        return [
            Period(begins, begins + last, found.get(begins, dict.fromkeys(NUMBERS, 0))) for begins in self.beginnings
        ]

    @property
    def total(self) -> dict[str, int]:
        return self.referrals.aggregate(**NUMBERS)

    def pages(self) -> Any:
        """What was passed on, the most asked for first: rows for `named`."""
        rows = self.referrals.values("kind", "slug").annotate(asked=NUMBERS["asked"], sent=NUMBERS["sent"])
        return rows.order_by("-asked", "kind", "slug")

    @staticmethod
    def named(rows: list[dict[str, Any]]) -> list[Tipped]:
        """The same with titles and addresses; one query for each kind of page."""

        def slugs(kind: str) -> list[str]:
            return [row["slug"] for row in rows if row["kind"] == kind]

        suppliers = {each.slug: each for each in Supplier.objects.filter(slug__in=slugs(PageKind.SUPPLIER))}
        methods = {each.slug: each for each in Method.objects.published().filter(slug__in=slugs(PageKind.METHOD))}
        return [_tipped(row, suppliers, methods) for row in rows]


def _tipped(row: dict[str, Any], suppliers: dict[str, Supplier], methods: dict[str, Method]) -> Tipped:
    about: Any = (suppliers if row["kind"] == PageKind.SUPPLIER else methods).get(row["slug"])
    if row["kind"] == PageKind.PORTAL:
        return Tipped(_("Procurement portal"), reverse("procurement_portal:home"), row["asked"], row["sent"])
    if about is None:
        return Tipped(row["slug"], "", row["asked"], row["sent"])
    return Tipped(str(about), about.get_absolute_url(), row["asked"], row["sent"])
