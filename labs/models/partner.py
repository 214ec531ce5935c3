from django.db import models
from django.utils.translation import gettext_lazy as _


class Partner(models.Model):
    """An organisation's part in a lab."""

    class Role(models.TextChoices):
        HOST = "host", _("host")
        PARTNER = "partner", _("partner")
        FUNDER = "funder", _("funder")

    lab = models.ForeignKey("labs.Lab", on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey("labs.Organisation", on_delete=models.PROTECT, related_name="partnerships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.PARTNER)

    class Meta:
        verbose_name = _("partner")
        constraints = [models.UniqueConstraint(fields=["lab", "organisation", "role"], name="partner_once_per_role")]

    def __str__(self) -> str:
        return f"{self.organisation} – {self.lab}"
