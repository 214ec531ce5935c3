from django.db import models
from django.utils.translation import gettext_lazy as _

from labs.models import Measurement
from labs.small_numbers import too_few_to_conclude


class ClaimQuerySet(models.QuerySet["Claim"]):
    def resting_on(self, measurement: Measurement) -> "ClaimQuerySet":
        return self.filter(measurements=measurement)

    def with_measurements(self) -> "ClaimQuerySet":
        """Read the measurements, what replaced them and who verified them along with the claims."""
        measurements = Measurement.objects.select_related("goal", "decided_by").order_by("period_end", "pk")
        return self.select_related("goal").prefetch_related(models.Prefetch("measurements", measurements))


class Claim(models.Model):
    """A result the report claims, and the lab's own verified measurements it rests on."""

    revision = models.ForeignKey("methods.Revision", on_delete=models.CASCADE, related_name="claims")
    statement = models.CharField(_("the result in one sentence"), max_length=300)
    goal = models.ForeignKey("labs.Goal", on_delete=models.PROTECT, related_name="claims", verbose_name=_("goal"))
    measurements = models.ManyToManyField("labs.Measurement", related_name="claims", verbose_name=_("measurements"))
    position = models.PositiveSmallIntegerField(default=0)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(statement=""), name="claim_says_something")]

    def __str__(self) -> str:
        return self.statement

    @property
    def stands(self) -> bool:
        """Whether the claim rests on measurements, and all of them are verified and none is corrected."""
        measurements = list(self.measurements.all())
        return bool(measurements) and all(each.is_verified and each.is_current for each in measurements)

    @property
    def latest(self) -> Measurement | None:
        """The measurement that the claim shows: the one with the latest period."""
        measurements = list(self.measurements.all())
        return measurements[-1] if measurements else None

    @property
    def is_small(self) -> bool:
        """Whether the group measured is too small to conclude anything from."""
        return self.latest is not None and too_few_to_conclude(self.latest.denominator)
