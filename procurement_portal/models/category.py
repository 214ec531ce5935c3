from typing import Any

from django.apps import apps as installed_apps
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# What a site without categories starts with: slug, Swedish, English.
STANDARD = [
    ("boinflytande", "Boinflytande och dialog", "Resident influence and dialogue"),
    ("fritid-och-kultur", "Fritid och kultur", "Leisure and culture"),
    ("jobb-och-utbildning", "Jobb och utbildning", "Jobs and training"),
    ("matning-och-undersokningar", "Mätning och undersökningar", "Measurement and surveys"),
    ("skolstod", "Skolstöd och läxhjälp", "School support and homework help"),
    ("sprak-och-tolkning", "Språk och tolkning", "Language and interpreting"),
    ("trygghet", "Trygghet i bostadsområden", "Safety in housing areas"),
    ("utemiljo", "Utemiljö och belysning", "Outdoor areas and lighting"),
    ("annat", "Annat", "Other"),
]


class Category(models.Model):
    """What a supplier offers. Applicants choose among them; the directory is filtered by them."""

    slug = models.SlugField(unique=True)
    name_sv = models.CharField(_("name in Swedish"), max_length=80, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("category")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_sv


def ensure_categories(apps: Any = installed_apps, using: str = "default", **_kwargs: Any) -> None:
    """Give a site without categories the standard ones; one that has any keeps its own. After migrate and flush."""
    try:
        apps.get_model("procurement_portal", "Category")
    except LookupError:
        return  # the app is not migrated this far
    if not Category.objects.using(using).exists():
        Category.objects.using(using).bulk_create(
            [
                Category(slug=slug, name_sv=swedish, name_en=english, position=position)
                for position, (slug, swedish, english) in enumerate(STANDARD, start=1)
            ]
        )
