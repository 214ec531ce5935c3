from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Variant(models.Model):
    """One of the mails an issue is sent as: a set of items in a language, rendered once when the issue was frozen.

    `items` are the ids of the issue's items in order. The texts hold placeholders where each recipient's own
    addresses go; see `newsletter.sending.bulk`.
    """

    issue = models.ForeignKey("newsletter.Issue", on_delete=models.CASCADE, related_name="variants")
    items = ArrayField(models.BigIntegerField())
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=150, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)

    class Meta:
        verbose_name = _("variant of an issue")
        ordering = ["language", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "items", "language"], name="variant_once_per_issue"),
            models.CheckConstraint(condition=~models.Q(items=[]), name="variant_is_never_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.issue} {self.language} {self.items}"
