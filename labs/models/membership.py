from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Membership(models.Model):
    """A user's place in a lab."""

    class Role(models.TextChoices):
        LEAD = "lead", pgettext_lazy("role in a lab", "lead")
        MEMBER = "member", pgettext_lazy("role in a lab", "member")

    lab = models.ForeignKey("labs.Lab", on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        constraints = [models.UniqueConstraint(fields=["lab", "user"], name="member_once_per_lab")]

    def __str__(self) -> str:
        return f"{self.user} – {self.lab}"
