from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DecisionLetter(models.Model):
    """The letter that carried a decision, as it was mailed, and the wording that it began from. Never changed."""

    application = models.OneToOneField(
        "procurement_portal.Application", on_delete=models.CASCADE, related_name="decision_letter"
    )
    template = models.ForeignKey(
        "procurement_portal.DecisionTemplate", on_delete=models.PROTECT, related_name="letters"
    )
    subject = models.TextField(_("subject"))
    body = models.TextField(_("letter"))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("decision letter")

    def __str__(self) -> str:
        return self.subject
