from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.models.rhythm import Rhythm


class Schedule(models.Model):
    """Whether the issues of one rhythm are sent by the clock, or wait for a coordinator. No row means they wait."""

    rhythm = models.CharField(_("rhythm"), max_length=10, choices=Rhythm, unique=True)
    automatic = models.BooleanField(_("send automatically"), default=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("schedule")

    def __str__(self) -> str:
        return self.get_rhythm_display()

    @classmethod
    def is_automatic(cls, rhythm: str) -> bool:
        return cls.objects.filter(rhythm=rhythm, automatic=True).exists()
