from django.db import models
from django.utils.translation import gettext_lazy as _


class Illustration(models.Model):
    """A picture in a method report."""

    revision = models.ForeignKey("methods.Revision", on_delete=models.CASCADE, related_name="illustrations")
    picture = models.ForeignKey("pictures.Picture", on_delete=models.PROTECT, related_name="+")
    # Kept here and not with the picture, which a later version may describe differently.
    alt = models.CharField(_("what the picture shows"), max_length=300)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("picture in a method report")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="illustration_one_per_position"),
            models.CheckConstraint(condition=models.Q(position__range=(1, 3)), name="illustration_position_1_to_3"),
        ]

    def __str__(self) -> str:
        return f"{self.revision} {self.position}"
