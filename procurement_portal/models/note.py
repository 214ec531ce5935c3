from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Note(models.Model):
    """What coordinators write to each other about an application. The applicant never sees it."""

    application = models.ForeignKey("procurement_portal.Application", on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    body = models.TextField(_("note"), max_length=5_000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("note")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.body[:60]
