from django.db import models
from django.utils.translation import gettext_lazy as _


class Consent(models.Model):
    """What a subscriber agreed to, word for word, in which form, and when the address was proved to be theirs."""

    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="consents")
    text = models.TextField(_("consent text"))
    form = models.CharField(_("form"), max_length=60)
    language = models.CharField(_("language"), max_length=2)
    given_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        ordering = ["-given_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.form} {self.given_at:%Y-%m-%d}"
