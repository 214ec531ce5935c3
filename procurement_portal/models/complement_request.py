from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ComplementRequestQuerySet(models.QuerySet["ComplementRequest"]):
    def answered(self) -> "ComplementRequestQuerySet":
        """Those that the applicant has answered, newest first."""
        return self.filter(answered_at__isnull=False).select_related("requested_by")


class ComplementRequest(models.Model):
    """What the applicant is asked to mend: a sentence per field, and one about the whole."""

    application = models.ForeignKey(
        "procurement_portal.Application", on_delete=models.CASCADE, related_name="complement_requests"
    )
    # {"description": "Tell us about …"}: keys are field names of the application form.
    messages = models.JSONField(default=dict)
    note = models.TextField(_("message"), max_length=2_000, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ComplementRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for more information")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "application", condition=Q(answered_at__isnull=True), name="one_open_complement_request"
            ),
            models.CheckConstraint(condition=~Q(messages={}) | ~Q(note=""), name="complement_request_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.requested_at:%Y-%m-%d}"
