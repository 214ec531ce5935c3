from django.db import models
from django.utils.translation import gettext_lazy as _


class Consent(models.Model):
    """What a subscriber agreed to, word for word, in which form, and when the address was proved to be theirs.

    For an imported address the words are the ground that a coordinator stated, and the import says who and when; that
    the address is theirs has then not been proved to us, so `confirmed_at` is empty.
    """

    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="consents")
    text = models.TextField(_("consent text"))
    form = models.CharField(_("form"), max_length=60)
    subscriber_import = models.ForeignKey(
        "newsletter.SubscriberImport", on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    language = models.CharField(_("language"), max_length=2)
    given_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        ordering = ["-given_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.form} {self.given_at:%Y-%m-%d}"
