from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class FocusArea(models.Model):
    """What a lab, goal or method is about: employment, safety, school results, community services."""

    slug = models.SlugField(unique=True)
    name_sv = models.CharField(_("name in Swedish"), max_length=80, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("focus area")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_sv
