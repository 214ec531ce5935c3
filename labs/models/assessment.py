from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from history.models import Eventful


class Assessment(Eventful):
    """A considered judgement of where a qualitative goal stands, with its reasons."""

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

    def __str__(self) -> str:
        return f"{self.goal} {self.assessed_on}"
