"""The trait of a goal that is described in words."""

import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from labs.exceptions import GoalClosed, NotQualitative
from labs.models.assessment import Assessment
from workflow import locked

AnyGoal = Any  # a labs.models.Goal: the class this trait is a part of


class Assessable(models.Model):
    """Gives a goal its verb `assess()` and where it stands on its scale."""

    class Meta:
        abstract = True

    def assess(self: AnyGoal, *, by: Any, on: datetime.date, step: int, rationale: str) -> Assessment:
        """Judge which step of its scale the goal has come to, and say why. `step` counts from 1.

        Judging again on the same day replaces that day's judgement. Raises NotQualitative and GoalClosed.
        """
        with locked(self):
            self.require_assessable()
            if not 1 <= step <= len(self.steps):
                raise NotQualitative(
                    _("The scale has %(steps)d steps; there is no step %(step)d.")
                    % {"steps": len(self.steps), "step": step}
                )
            assessment, _created = Assessment.objects.update_or_create(
                goal=self, assessed_on=on, defaults={"step": step, "rationale": rationale, "recorded_by": by}
            )
            assessment.record("recorded", by=by, step=step, because=rationale)
        self.refresh_from_db()
        return assessment

    def require_assessable(self: AnyGoal) -> None:
        """Raise NotQualitative or GoalClosed if no assessment can be made; for pages that ask before they do."""
        if self.kind != self.Kind.QUALITATIVE:
            raise NotQualitative(_("This goal is measured with numbers. Report a measurement instead."))
        if self.state == self.State.CLOSED:
            raise GoalClosed(_("The goal is closed, so no more assessments are made."))

    @property
    def lacks_assessment(self: AnyGoal) -> bool:
        """Whether a goal in words that is still worked on has never been assessed."""
        at_work = self.state == self.State.ACTIVE and self.lab.state == self.lab.State.ACTIVE
        return self.kind == self.Kind.QUALITATIVE and at_work and self.latest_assessment is None

    @property
    def latest_assessment(self: AnyGoal) -> Assessment | None:
        return max(self.assessments.all(), key=lambda a: (a.assessed_on, a.pk), default=None)
