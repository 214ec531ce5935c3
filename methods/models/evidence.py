from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.models import Measurement


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def current(self) -> "EvidenceQuerySet":
        """The judgements that methods show now, not those they replaced."""
        return self.filter(current_for__isnull=False)

    def needing_a_new_look(self) -> "EvidenceQuerySet":
        return self.current().filter(needs_new_look_since__isnull=False)

    def question(self, measurement: Measurement, *, by: Any = None) -> int:
        """Flag the evidence of every published method with a claim on this measurement; return how many were."""
        resting = self.current().filter(method__published__claims__measurements=measurement).values("pk")
        evidences = self.filter(pk__in=resting, needs_new_look_since__isnull=True).select_related("method")
        with transaction.atomic():
            flagged = list(evidences.select_for_update(of=("self",)).order_by("pk"))
            for evidence in flagged:
                evidence.needs_new_look_since = timezone.now()
                evidence.save(update_fields=["needs_new_look_since"])
                evidence.method.record("evidence_questioned", by=by, measurement=measurement.pk)
        return len(flagged)


class Evidence(models.Model):
    """How sure we are that a method works: a level, argued and signed. Signing again makes a new row."""

    class Level(models.IntegerChoices):
        DESCRIBED = 1, _("Described with a logic")
        MEASURED = 2, _("Change measured before and after")
        COMPARED = 3, _("Compared with a comparison group")
        REPEATED = 4, _("Repeated elsewhere with the same effect")
        ESTABLISHED = 5, _("In regular operation at several places, with follow-up")

    method = models.ForeignKey("methods.Method", on_delete=models.CASCADE, related_name="evidences")
    level = models.PositiveSmallIntegerField(_("evidence level"), choices=Level)
    rationale = models.TextField(_("rationale"), max_length=2000)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=timezone.now)
    needs_new_look_since = models.DateTimeField(_("needs a new look since"), null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="evidence_level_1_to_5"),
            models.CheckConstraint(condition=~models.Q(rationale=""), name="evidence_is_argued"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.get_level_display()}"

    @property
    def needs_new_look(self) -> bool:
        """Whether a measurement under a claim was corrected after the level was signed."""
        return self.needs_new_look_since is not None


def question_evidence(sender: Any, measurement: Measurement, by: Any, **kwargs: Any) -> None:
    """A measurement was corrected: what rests on it needs a new look."""
    Evidence.objects.question(measurement, by=by)
