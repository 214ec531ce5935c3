"""The trait of a goal that is followed with numbers."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from labs.exceptions import GoalClosed, NotMeasurable, PeriodTaken
from labs.models.figures import in_unit
from labs.models.measurement import Measurement
from labs.models.progress import Progress
from labs.periods import Period
from workflow import locked

AnyGoal = Any  # a labs.models.Goal: the class this trait is a part of


class Measurable(models.Model):
    """Gives a goal its verb `report()`, its progress and its rhythm."""

    class Meta:
        abstract = True

    def report(
        self: AnyGoal,
        *,
        by: Any,
        period_start: datetime.date,
        period_end: datetime.date,
        value: Decimal | None = None,
        numerator: int | None = None,
        denominator: int | None = None,
        no_value_because: str = "",
        narrative: str = "",
        evidence_link: str = "",
    ) -> Measurement:
        """Record a reading for a period: a value, n of N, or the reason why there is none.

        Raises NotMeasurable for a goal in words or the wrong kind of number, GoalClosed, and PeriodTaken when the
        period already has a measurement. Raises IntegrityError for numbers that cannot be, such as n above N.
        """
        with locked(self):
            self.require_measurable()
            self.check_kind_of_number(value, denominator)
            taken = self.measurements.current().filter(period_start=period_start, period_end=period_end).first()
            if taken:
                raise PeriodTaken(taken)
            measurement = Measurement.objects.create(
                goal=self,
                period_start=period_start,
                period_end=period_end,
                value=value,
                numerator=numerator,
                denominator=denominator,
                no_value_because=no_value_because,
                narrative=narrative,
                evidence_link=evidence_link,
                recorded_by=by,
            )
            measurement.record("reported", by=by)
        self.forget_measurements()
        return measurement

    def require_measurable(self: AnyGoal) -> None:
        """Raise NotMeasurable or GoalClosed if no measurement can be taken; for pages that ask before they do."""
        if not self.is_measurable:
            raise NotMeasurable(_("This goal is described in words. Assess it instead of measuring it."))
        if self.state == self.State.CLOSED:
            raise GoalClosed(_("The goal is closed, so no more measurements are taken."))

    def check_kind_of_number(self: AnyGoal, value: Decimal | None, denominator: int | None) -> None:
        """Raise NotMeasurable if n of N is given for a goal in plain values, or the other way round."""
        if self.counts_n_of_n and value is not None:
            raise NotMeasurable(_("This goal is measured as n of N. Say how many, and out of how many."))
        if not self.counts_n_of_n and denominator is not None:
            raise NotMeasurable(_("This goal is measured with one value, not as n of N."))

    @property
    def counts_n_of_n(self: AnyGoal) -> bool:
        return self.value_type == self.ValueType.N_OF_N

    def forget_measurements(self) -> None:
        """Have the measurements read afresh the next time somebody asks."""
        self.__dict__.pop("current_measurements", None)

    def progress(self: AnyGoal, *, public: bool = False) -> Progress:
        """How far the goal has come by its verified measurements; `public` leaves out what the public must not see."""
        return Progress.of(self, self.verified_measurements, public=public)

    @property
    def baseline_text(self: AnyGoal) -> str:
        """The baseline in its unit, in full; empty when it is not known."""
        return in_unit(self, self.baseline)

    @property
    def target_text(self: AnyGoal) -> str:
        return in_unit(self, self.target)

    # --- Rhythm ---

    def next_period(self: AnyGoal) -> Period:
        """The period that follows the latest measurement, or the first one when there is none."""
        if self.current_measurements:
            latest = self.current_measurements[-1]
            return Period(latest.period_start, latest.period_end).next(self.frequency_months)
        if self.baseline_on:
            return Period(self.baseline_on, self.baseline_on).next(self.frequency_months)
        return Period.starting(self.lab.starts_on, self.frequency_months)

    def suggested_period(self: AnyGoal, today: datetime.date | None = None) -> Period:
        """The period somebody who measures today most likely means: the next one, or the last to have ended."""
        return self.next_period().latest_ended(self.frequency_months, today or timezone.localdate())

    @property
    def due_on(self: AnyGoal) -> datetime.date | None:
        """The day the next measurement can be asked for; None when no more are expected."""
        if not self.is_measurable or self.state != self.State.ACTIVE or self.lab.state != self.lab.State.ACTIVE:
            return None
        latest = self.current_measurements[-1] if self.current_measurements else None
        if latest and self.target_on and latest.period_end >= self.target_on:
            return None
        return self.next_period().end

    def is_overdue(self, today: datetime.date | None = None) -> bool:
        due_on = self.due_on
        return due_on is not None and due_on < (today or timezone.localdate())
