from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from collation import SwedishOrder

if TYPE_CHECKING:
    from labs.models.organisation import Organisation


class PartnerQuerySet(models.QuerySet["Partner"]):
    def by_role(self) -> dict[str, list["Organisation"]]:
        """The organisations under each role's name in words, hosts first, in the order of the Swedish alphabet."""
        partners = list(self.select_related("organisation").order_by(SwedishOrder("organisation__name")))
        grouped = {
            str(role.label): [p.organisation for p in partners if p.role == role]
            for role in (Partner.Role.HOST, Partner.Role.PARTNER, Partner.Role.FUNDER)
        }
        return {role: organisations for role, organisations in grouped.items() if organisations}


class Partner(models.Model):
    """An organisation's part in a lab."""

    class Role(models.TextChoices):
        HOST = "host", pgettext_lazy("role in a lab", "host")
        PARTNER = "partner", pgettext_lazy("role in a lab", "partner")
        FUNDER = "funder", pgettext_lazy("role in a lab", "funder")

    lab = models.ForeignKey("labs.Lab", on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey("labs.Organisation", on_delete=models.PROTECT, related_name="partnerships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.PARTNER)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        constraints = [models.UniqueConstraint(fields=["lab", "organisation", "role"], name="partner_once_per_role")]

    def __str__(self) -> str:
        return f"{self.organisation} – {self.lab}"
