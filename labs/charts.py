"""Charts of goals, drawn on the server as SVG: the same in page, print and mail. Colours come from classes.

`goal_chart(goal)` is the whole figure with source and table; `progress_line(goal)` the single line for lists.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from labs import small_numbers
from labs.models import Goal, Measurement
from labs.models.figures import in_unit
from labs.models.progress import Progress

WIDTH, HEIGHT = 440, 260
LEFT, RIGHT, TOP, BOTTOM = 12, 322, 34, 222  # right of the drawing there is room for the words of what ends there
LETTER, LINE = 7.4, 17  # how wide a letter is and how high a line, about, in the chart's own units
LATEST = 1.28  # how much wider a letter is in the latest number, which is set larger
POINTS_LABELLED = 6
UNDER = 36  # room for words between the lowest point and the time line
NUDGES = (0, 9, -9, 18, -18, 27, -27)  # how far down words at the side of a point may be moved, the best first
# What a place for words costs, beside one for each step down the list of places: lying on other words or outside, on
# a point, and on each of the points that a line is told by.
CLASH, ON_POINT, ON_LINE = 1000, 250, 12
PARTS = 48


class Point(NamedTuple):
    x: float
    y: float


def width_of(text: str, *, strong: bool = False) -> float:
    """About how wide words are, in the chart's own units."""
    return len(text) * LETTER * (LATEST if strong else 1)


@dataclass(frozen=True)
class Label:
    """Words beside a point: x, y is the baseline of the text; anchor is SVG's text-anchor."""

    x: float
    y: float
    anchor: str
    text: str
    kind: str

    @property
    def box(self) -> tuple[float, float, float, float]:
        width = width_of(self.text, strong=self.kind == "latest")
        left = self.x - {"start": 0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - LINE + 3, left + width, self.y + 3

    def covers(self, point: Point) -> bool:
        left, top, right, bottom = self.box
        return left - 2 < point.x < right + 2 and top - 2 < point.y < bottom + 2

    def is_within(self) -> bool:
        left, top, right, bottom = self.box
        return left >= 0 and right <= WIDTH and top >= 0 and bottom <= BOTTOM

    def clashes_with(self, other: "Label") -> bool:
        left, top, right, bottom = self.box
        other_left, other_top, other_right, other_bottom = other.box
        return left < other_right and other_left < right and top < other_bottom and other_top < bottom


@dataclass(frozen=True)
class Mark:
    """Something the chart shows: a day, an amount, the words to set beside it."""

    day: datetime.date
    amount: Decimal
    text: str
    kind: str


class GoalChart:
    """Lays out one measurable goal: baseline, measurements, target, and the straight line from first to last.

    With `public`, counts of people that are too small are left out of the drawing, and told as “fewer than 5” in the
    table.
    """

    def __init__(self, goal: Goal, *, public: bool = True) -> None:
        self.goal = goal
        self.public = public
        self.measurements = goal.verified_measurements
        self.marks = self._marks()
        days = [mark.day for mark in self.marks]
        self.first_day, self.last_day = min(days), max(days)
        self.low, self.high = self._span([mark.amount for mark in self.marks])

    # --- What there is to show ---

    @property
    def baseline_text(self) -> str:
        """The baseline in its unit; a small count of people is not given away. Empty when it is not known."""
        goal = self.goal
        counted = goal.counts_people and goal.value_type == Goal.ValueType.NUMBER
        if self.public and counted and small_numbers.too_small_to_publish(goal.baseline):
            return _("fewer than %(few)d") % {"few": small_numbers.PUBLISH_COUNTS_FROM}
        return in_unit(goal, goal.baseline)

    @property
    def shown_measurements(self) -> list[Measurement]:
        """Those with a number the reader may see."""
        return [m for m in self.measurements if m.amount is not None and not (self.public and m.points_at_people)]

    def _marks(self) -> list[Mark]:
        goal = self.goal
        marks = []
        if goal.baseline is not None and goal.baseline_on and self.baseline_text == in_unit(goal, goal.baseline):
            text = _("Baseline %(value)s") % {"value": self.short(goal.baseline)}
            marks.append(Mark(goal.baseline_on, goal.baseline, text, "baseline"))
        for measurement in self.shown_measurements:
            amount = measurement.amount or Decimal(0)
            marks.append(Mark(measurement.period_end, amount, measurement.figure.value, "actual"))
        if goal.target is not None and goal.target_on:
            text = _("Target %(value)s") % {"value": self.short(goal.target)}
            marks.append(Mark(goal.target_on, goal.target, text, "target"))
        return marks

    def short(self, amount: Decimal) -> str:
        """An amount as there is room for in the drawing: without a unit in words."""
        with_sign = self.goal.value_type in {"percent", "n_of_n", "sek"}
        return in_unit(self.goal, amount) if with_sign else in_unit(self.goal, amount).split(" ")[0]

    def _span(self, amounts: list[Decimal]) -> tuple[Decimal, Decimal]:
        low, high = min(amounts), max(amounts)
        if self.goal.value_type != Goal.ValueType.RATING:
            low, high = min(low, Decimal(0)), max(high, Decimal(0))
        room = (high - low) or abs(high) or Decimal(1)
        return (low - room / 10 if self.goal.value_type == Goal.ValueType.RATING else low), high + room / 10

    # --- Where it goes ---

    width, height, left, right, bottom = WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM

    def x(self, day: datetime.date) -> float:
        whole = (self.last_day - self.first_day).days
        if not whole:
            return (LEFT + RIGHT) / 2
        return round(LEFT + 8 + (RIGHT - LEFT - 16) * (day - self.first_day).days / whole, 1)

    def y(self, amount: Decimal) -> float:
        lowest = BOTTOM - UNDER
        return round(lowest - (lowest - TOP) * float((amount - self.low) / (self.high - self.low)), 1)

    def point(self, mark: Mark) -> Point:
        return Point(self.x(mark.day), self.y(mark.amount))

    def of_kind(self, kind: str) -> list[Mark]:
        return [mark for mark in self.marks if mark.kind == kind]

    @property
    def baseline(self) -> Point | None:
        return next((self.point(mark) for mark in self.of_kind("baseline")), None)

    @property
    def target(self) -> Point | None:
        return next((self.point(mark) for mark in self.of_kind("target")), None)

    @property
    def points(self) -> list[Point]:
        return [self.point(mark) for mark in self.of_kind("actual")]

    @property
    def actual_line(self) -> str:
        """The way from the baseline through the measurements, as SVG points."""
        start = [self.baseline] if self.baseline else []
        return " ".join(f"{x},{y}" for x, y in [*start, *self.points])

    @property
    def labels(self) -> list[Label]:
        """The words in the drawing: the latest number, target and baseline, and the earlier numbers as they fit."""
        actual = self.of_kind("actual")
        order = [*actual[-1:], *self.of_kind("target"), *self.of_kind("baseline")]
        if len(actual) <= POINTS_LABELLED:
            order += actual[-2::-1]
        placed: list[Label] = []
        for mark in order:
            cost, label = min(
                (
                    (self._cost(place, placed) + rank, place)
                    for rank, place in enumerate(self._places(mark, strong=mark in actual[-1:]))
                ),
                key=lambda costed: costed[0],
            )
            if mark.kind != "actual" or cost < CLASH or mark in actual[-1:]:
                placed.append(label)
        return placed

    def _places(self, mark: Mark, *, strong: bool) -> list[Label]:
        """Where the words of a mark may go, the best first.

        Above, below and at the side; what ends at the right edge has its words beside it there, moved up or down when
        something else ends at the same height.
        """
        x, y = self.point(mark)
        kind = "latest" if strong else mark.kind
        half = width_of(mark.text, strong=strong) / 2
        anchor = "start" if x - half < LEFT else "end" if x + half > WIDTH - LEFT else "middle"
        edge = {"start": max(x - 8, LEFT), "end": min(x + 8, WIDTH - LEFT), "middle": x}[anchor]
        over = [Label(edge, round(y + down, 1), anchor, mark.text, kind) for down in (-13, 24, -31, 41)]
        right = [Label(round(x + 13, 1), round(y + 5 + nudge, 1), "start", mark.text, kind) for nudge in NUDGES]
        left = [Label(round(x - 13, 1), round(y + 5 + nudge, 1), "end", mark.text, kind) for nudge in NUDGES]
        return [*right, *over, *left] if mark.day == self.last_day != self.first_day else [*over, *left, *right]

    def _cost(self, label: Label, placed: list[Label]) -> float:
        """How much a place for words hides: other words most, then points, then lines."""
        return (
            CLASH * sum(label.clashes_with(other) for other in placed)
            + CLASH * (not label.is_within())
            + ON_POINT * sum(label.covers(self.point(mark)) for mark in self.marks)
            + ON_LINE * sum(label.covers(point) for point in self._points_on_lines)
        )

    @cached_property
    def _points_on_lines(self) -> list[Point]:
        """Points along what is drawn, close enough to tell whether words lie upon it."""
        way = [*([self.baseline] if self.baseline else []), *self.points]
        lines = list(pairwise(way))
        if self.baseline and self.target:
            lines.append((self.baseline, self.target))
        elif self.target:
            lines.append((Point(LEFT, self.target.y), Point(RIGHT, self.target.y)))
        return [
            Point(start.x + (end.x - start.x) * part / PARTS, start.y + (end.y - start.y) * part / PARTS)
            for start, end in lines
            for part in range(PARTS + 1)
        ]

    @property
    def days(self) -> list[Label]:
        """First and last day under the drawing, as far as they differ in writing."""
        if month(self.first_day) == month(self.last_day):
            return [Label(self.x(self.first_day), BOTTOM + 22, "middle", month(self.first_day), "day")]
        return [
            Label(LEFT, BOTTOM + 22, "start", month(self.first_day), "day"),
            Label(RIGHT, BOTTOM + 22, "end", month(self.last_day), "day"),
        ]

    @property
    def description(self) -> str:
        """What the drawing shows, in words, for those who do not see it."""
        goal = self.goal
        parts = [_("Baseline: %(value)s.") % {"value": self.baseline_text or _("not known")}]
        for measurement in self.shown_measurements:
            parts.append(f"{measurement.period}: {measurement.figure}.")
        if goal.target_on:
            parts.append(
                _("Target: %(value)s by %(day)s.")
                % {"value": in_unit(goal, goal.target), "day": date_format(goal.target_on, "DATE_FORMAT")}
            )
        return " ".join(parts)


def month(day: datetime.date) -> str:
    """A month in short: “feb 2018”, with a capital where the language has one."""
    text = date_format(day, "M Y")
    return text.lower() if get_language() == "sv" else text


def goal_chart(goal: Goal, *, public: bool = True) -> SafeString:
    """The figure of a measurable goal: drawing, source and the table behind it. Empty for a goal in words."""
    if not goal.is_measurable:
        return SafeString("")
    chart = GoalChart(goal, public=public)
    rows = [(m, m.public_figure if public else m.figure) for m in chart.measurements]
    context = {"chart": chart, "goal": goal, "rows": rows, "target_text": in_unit(goal, goal.target), "public": public}
    return render_to_string("labs/_chart.html", context)


@dataclass(frozen=True)
class ProgressLine:
    """Baseline → now → target on one line, 200 wide; what is beyond either end is drawn at it."""

    progress: Progress

    @property
    def x(self) -> float | None:
        """Where now is; None when the share is not known."""
        share = self.progress.share
        return None if share is None else round(6 + 188 * float(min(max(share, Decimal(0)), Decimal(1))), 1)


def progress_line(goal: Goal, *, public: bool = False) -> SafeString:
    """Where the goal stands, as a line with its words. Empty for a goal in words."""
    if not goal.is_measurable:
        return SafeString("")
    progress = goal.progress(public=public)
    latest = progress.latest
    return render_to_string(
        "labs/_progress_line.html",
        {
            "goal": goal,
            "line": ProgressLine(progress),
            "progress": progress,
            "figure": latest and (latest.public_figure if public else latest.figure),
            "baseline_text": GoalChart(goal, public=public).baseline_text,
            "target_text": in_unit(goal, goal.target),
        },
    )
