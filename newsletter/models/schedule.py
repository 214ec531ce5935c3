from collections.abc import Container
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from history.models import Eventful
from newsletter.models.rhythm import Rhythm
from workflow import in_turn


class Schedule(Eventful):
    """Whether the issues of one rhythm are sent by the clock, or wait for a coordinator. No row means they wait."""

    EVENTS = {
        "turned_on": _("turned on automatic sending"),
        "turned_off": _("turned off automatic sending"),
    }

    rhythm = models.CharField(_("rhythm"), max_length=10, choices=Rhythm, unique=True)
    automatic = models.BooleanField(_("send automatically"), default=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("schedule")

    def __str__(self) -> str:
        return self.get_rhythm_display()

    def get_absolute_url(self) -> str:
        return reverse("newsletter:issues")

    @classmethod
    def is_automatic(cls, rhythm: str) -> bool:
        return cls.objects.filter(rhythm=rhythm, automatic=True).exists()

    @classmethod
    def automate(cls, rhythms: Container[str], *, by: Any) -> None:
        """Have the clock send the issues of these rhythms and of no others. What is so already leaves no trace."""
        with in_turn("newsletter.schedules"):
            for rhythm in Rhythm.values:
                schedule = cls.objects.filter(rhythm=rhythm).first() or cls(rhythm=rhythm)
                if schedule.automatic != (rhythm in rhythms):
                    schedule.automatic, schedule.changed_by = not schedule.automatic, by
                    schedule.save()
                    schedule.record("turned_on" if schedule.automatic else "turned_off", by=by)
