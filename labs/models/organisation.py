from django.db import models
from django.utils.translation import gettext_lazy as _

from collation import SwedishOrder


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def alphabetical(self) -> "OrganisationQuerySet":
        return self.order_by(SwedishOrder("name"))


class Organisation(models.Model):
    """A body that runs, backs or joins a lab."""

    class Kind(models.TextChoices):
        HOUSING_COMPANY = "housing_company", _("housing company")
        MUNICIPALITY = "municipality", _("municipality")
        TENANTS_UNION = "tenants_union", _("tenants’ union")
        UNIVERSITY = "university", _("university")
        AUTHORITY = "authority", _("authority")
        ASSOCIATION = "association", _("association")
        COMPANY = "company", _("company")

    name = models.CharField(_("name"), max_length=150, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    website = models.URLField(_("website"), blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")

    def __str__(self) -> str:
        return self.name
