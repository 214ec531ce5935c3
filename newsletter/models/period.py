import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

# A digest tells readers who have been away what they missed, but not more of it than this before it ends.
FURTHEST_BACK = datetime.timedelta(days=100)

# An entry carries the time it was published at, but is seen only when that transaction is through. A digest that ends
# this much earlier can never step past one that is just coming in.
SETTLING = datetime.timedelta(minutes=1)


@dataclass(frozen=True)
class Period:
    """A stretch of time a digest covers: after `start`, up to and including `end`; both aware."""

    start: datetime.datetime
    end: datetime.datetime

    def news(self) -> tuple[list[Any], list[Any]]:
        """Diary entries and method revisions published in the period, newest first."""
        from methods.models import Revision
        from newsletter.models.diary_entry import DiaryEntry

        within = {"published_at__gt": self.start, "published_at__lte": self.end}
        entries = DiaryEntry.objects.published().filter(**within).newest_first()
        revisions = Revision.objects.filter(state=Revision.State.PUBLISHED, **within).order_by("-published_at", "-pk")
        return list(entries), list(revisions)


def default_period_start(kind: str, until: datetime.datetime) -> datetime.datetime:
    """Where the first digest of a kind begins: a day, a week or a month before `until` by the clock on the wall."""
    wall = timezone.localtime(until)
    if kind == "monthly":
        last_of_previous = wall.replace(day=1) - datetime.timedelta(days=1)
        day = min(wall.day, last_of_previous.day)
        return wall.replace(year=last_of_previous.year, month=last_of_previous.month, day=day)
    # Subtracting days from an aware local time keeps the hour on the wall, also over a change to summer time.
    return wall - datetime.timedelta(days=7 if kind == "weekly" else 1)


def latest_monday_morning(now: datetime.datetime, *, hour: int = 6) -> datetime.datetime:
    """The most recent Monday at `hour` by Swedish time, at or before `now`."""
    wall = timezone.localtime(now)
    monday = (wall - datetime.timedelta(days=wall.weekday())).replace(hour=hour, minute=0, second=0, microsecond=0)
    return monday if monday <= wall else monday - datetime.timedelta(days=7)


def latest_first_of_month(now: datetime.datetime, *, hour: int = 6) -> datetime.datetime:
    """The most recent first day of a month at `hour` by Swedish time, at or before `now`."""
    wall = timezone.localtime(now)
    first = wall.replace(day=1, hour=hour, minute=0, second=0, microsecond=0)
    if first <= wall:
        return first
    return (first - datetime.timedelta(days=1)).replace(day=1)
