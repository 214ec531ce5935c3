import datetime
import math
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Count, Min, Q
from django.db.models.functions import Now

# How far back the present speed is measured.
WINDOW = datetime.timedelta(seconds=30)


@dataclass(frozen=True)
class Progress:
    """How far an issue has come. Numbers of deliveries, but for `rate`: mails per second over the last half minute."""

    sent: int
    waiting: int
    failed: int
    skipped: int
    unknown: int
    open_unknown: int
    rate: float

    @classmethod
    def of(cls, deliveries: Any) -> Self:
        """Counted in one query over the deliveries."""
        just_now = Q(state="accepted", changed_at__gt=Now() - WINDOW)
        counted = deliveries.aggregate(
            sent=Count("pk", filter=Q(state="accepted")),
            waiting=Count("pk", filter=Q(state__in=["pending", "claimed", "submitting"])),
            failed=Count("pk", filter=Q(state="failed")),
            skipped=Count("pk", filter=Q(state="skipped")),
            unknown=Count("pk", filter=Q(state="unknown")),
            open_unknown=Count("pk", filter=Q(state="unknown", closed_at__isnull=True)),
            lately=Count("pk", filter=just_now),
            # A sending that began ten seconds ago has not had half a minute yet.
            span=Now() - Min("changed_at", filter=just_now, default=Now()),
        )
        lately, span = counted.pop("lately"), counted.pop("span")
        seconds = min(max(span.total_seconds(), 1), WINDOW.total_seconds())
        return cls(rate=lately / seconds, **counted)

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.failed + self.skipped + self.unknown

    @property
    def done(self) -> int:
        """Accounted for, one way or another."""
        return self.total - self.waiting

    @property
    def percent(self) -> int:
        """Whole percent accounted for, 100 only when nothing waits."""
        return math.floor(100 * self.done / self.total) if self.total else 0

    @property
    def seconds_left(self) -> int | None:
        """How long what waits takes at the present speed; None when nothing moves or nothing waits."""
        return math.ceil(self.waiting / self.rate) if self.rate and self.waiting else None
