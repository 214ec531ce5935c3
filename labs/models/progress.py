import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from labs import small_numbers

if TYPE_CHECKING:
    from labs.models.goal import Goal
    from labs.models.measurement import Measurement

# How far from its target a value to be maintained may drift, as a part of the target.
TOLERANCE = Decimal("0.05")


class Standing(models.TextChoices):
    REACHED = "reached", gettext_lazy("target reached")
    ON_TRACK = "on_track", gettext_lazy("on track")
    OFF_TRACK = "off_track", gettext_lazy("off track")
    UNKNOWN = "unknown", pgettext_lazy("standing of a goal", "not known")


@dataclass(frozen=True)
class Progress:
    """How far one goal has come. Never added up with another's: the units differ.

    `share` is (latest − baseline) / (target − baseline): 0 at the baseline, 1 at the target, below 0 for the wrong
    way. It falls out the same way for goals that are to rise and to sink. None when unknown, and for goals to maintain,
    which have no way to go: they are reached or off track. `expected` is the share the straight line from baseline date
    to target date asks for at the end of the latest period. `reason` says in a sentence why something is unknown.
    """

    standing: str
    latest: "Measurement | None" = None
    share: Decimal | None = None
    expected: Decimal | None = None
    reason: str = ""

    @property
    def label(self) -> str:
        return str(Standing(self.standing).label)

    @property
    def is_known(self) -> bool:
        return self.standing != Standing.UNKNOWN

    @property
    def percent(self) -> int | None:
        """The share in whole percent, for reading; may be negative or above 100."""
        return None if self.share is None else round(self.share * 100)

    @classmethod
    def of(cls, goal: "Goal", verified: "Sequence[Measurement]", *, public: bool = False) -> "Progress":
        """Judge a measurable goal by its verified, current measurements, oldest first."""
        if not goal.is_measurable or goal.target is None:
            return cls(Standing.UNKNOWN, reason=_("The goal is described in words, so it has no number to follow."))
        with_value = [m for m in verified if m.amount is not None]
        if not with_value:
            return cls(Standing.UNKNOWN, reason=_("There is no verified measurement yet."))
        latest = with_value[-1]
        if small_numbers.too_few_to_conclude(latest.denominator):
            return cls(Standing.UNKNOWN, latest, reason=_("Too few to conclude anything."))
        if public and latest.points_at_people:
            return cls(Standing.UNKNOWN, latest, reason=_("The number is too small to be shown in public."))
        return cls._judged(goal, latest)

    @classmethod
    def _judged(cls, goal: "Goal", latest: "Measurement") -> "Progress":
        assert latest.amount is not None  # noqa: S101 - of() has chosen one with a number
        assert goal.target is not None  # noqa: S101
        if goal.direction == goal.Direction.MAINTAIN:
            held = abs(latest.amount - goal.target) <= abs(goal.target) * TOLERANCE
            return cls(Standing.REACHED if held else Standing.OFF_TRACK, latest)
        rising = goal.direction == goal.Direction.INCREASE
        reached = latest.amount >= goal.target if rising else latest.amount <= goal.target
        if goal.baseline is None or goal.baseline_on is None or goal.target_on is None:
            reason = _("The baseline is not known: %(reason)s") % {"reason": goal.baseline_unknown_because}
            return cls(Standing.REACHED if reached else Standing.UNKNOWN, latest, reason=reason)
        share = (latest.amount - goal.baseline) / (goal.target - goal.baseline)
        expected = _elapsed(goal.baseline_on, goal.target_on, latest.period_end)
        if reached:
            return cls(Standing.REACHED, latest, share, expected)
        return cls(Standing.ON_TRACK if share >= expected else Standing.OFF_TRACK, latest, share, expected)


def _elapsed(start: datetime.date, end: datetime.date, day: datetime.date) -> Decimal:
    """How much of the time from start to end has gone by on the day: from 0 to 1."""
    gone = Decimal((day - start).days) / Decimal((end - start).days)
    return min(max(gone, Decimal(0)), Decimal(1))
