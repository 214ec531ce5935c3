from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Component(models.Model):
    """A part of a method: core parts must not change when others take the method up, adaptable ones may."""

    class Kind(models.TextChoices):
        CORE = "core", pgettext_lazy("part of a method", "core")
        ADAPTABLE = "adaptable", pgettext_lazy("part of a method", "adaptable")

    revision = models.ForeignKey("methods.Revision", on_delete=models.CASCADE, related_name="components")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CORE)
    title = models.CharField(_("what"), max_length=150)
    description = models.TextField(_("why, or how it can be adapted"), blank=True, max_length=1000)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("part of a method")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["core", "adaptable"]), name="component_core_or_adaptable"
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="component_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title
