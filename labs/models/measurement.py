from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from history.models import Eventful


class Measurement(Eventful):
    """One reading of a measurable goal, reported by the lab and verified by a coordinator."""

    class State(models.TextChoices):
        REPORTED = "reported", _("reported")
        VERIFIED = "verified", _("verified")
        RETURNED = "returned", _("returned")

    EVENTS = {
        "reported": _("reported the measurement"),
        "verified": _("verified the measurement"),
        "returned": _("returned the measurement"),
        "superseded": _("corrected the measurement"),
    }

    goal = models.ForeignKey("labs.Goal", on_delete=models.PROTECT, related_name="measurements")
    period_start = models.DateField(_("period starts"))
    period_end = models.DateField(_("period ends"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2, null=True, blank=True)
    numerator = models.PositiveIntegerField(_("n"), null=True, blank=True)
    denominator = models.PositiveIntegerField(_("N"), null=True, blank=True)
    no_value_because = models.CharField(_("why there is no value"), max_length=300, blank=True)
    narrative = models.TextField(_("what lies behind the number"), blank=True)
    evidence_link = models.URLField(_("link to the evidence"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REPORTED)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(_("note from the coordinator"), blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    class Meta:
        verbose_name = _("measurement")
        ordering = ["period_end", "pk"]

    def __str__(self) -> str:
        return f"{self.goal} {self.period_end}"
