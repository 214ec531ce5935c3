from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from history.models import Eventful


class Assessment(Eventful):
    """A considered judgement of where a qualitative goal stands, with its reasons.

    `step` counts from 1, the worst, along `goal.steps`.
    """

    EVENTS = {"recorded": _("assessed the goal")}

    goal = models.ForeignKey("labs.Goal", on_delete=models.PROTECT, related_name="assessments")
    assessed_on = models.DateField(_("date"))
    step = models.PositiveSmallIntegerField(_("step"))
    rationale = models.TextField(_("rationale"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("assessment")
        ordering = ["assessed_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(step__gte=1), name="assessment_counts_steps_from_one"),
            models.CheckConstraint(condition=~Q(rationale=""), name="assessment_gives_its_reasons"),
            models.UniqueConstraint(fields=["goal", "assessed_on"], name="assessment_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.goal} {self.assessed_on}"

    @property
    def description(self) -> str:
        """What the chosen step looks like, in the goal's own words."""
        return self.goal.steps[self.step - 1] if self.step <= len(self.goal.steps) else ""
