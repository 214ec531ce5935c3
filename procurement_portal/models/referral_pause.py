from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from history.models import Eventful
from workflow import IllegalTransition, in_turn, locked


class ReferralsPaused(IllegalTransition):
    pass


class ReferralsNotPaused(IllegalTransition):
    pass


class ReferralPauseQuerySet(models.QuerySet["ReferralPause"]):
    def current(self) -> "ReferralPauseQuerySet":
        """The one that holds now, or none."""
        return self.filter(ended_at__isnull=True)

    def ended(self) -> "ReferralPauseQuerySet":
        return self.filter(ended_at__isnull=False).order_by("-ended_at", "-pk")


class ReferralPause(Eventful):
    """A coordinator has us mail no tips to colleagues for a while. While there is a current one, no tip is mailed."""

    EVENTS = {
        "begun": _("turned off the mails of “Tip a colleague”"),
        "ended": _("turned on the mails of “Tip a colleague”"),
    }

    begun_at = models.DateTimeField(default=timezone.now)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    because = models.TextField(_("reason"))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ReferralPauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause of tips to colleagues")
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at__isnull=True), name="referral_pause_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(because=""), name="referral_pause_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False),
                name="referral_pause_ended_by_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Tip a colleague")

    def get_absolute_url(self) -> str:
        return reverse("procurement_portal:referrals")

    @classmethod
    def begin(cls, *, by: Any, because: str) -> "ReferralPause":
        """Mail no tips from now on. Raises ReferralsPaused."""
        if not because.strip():
            raise ValueError("A pause needs a reason")
        with in_turn("referral pause"):
            if cls.objects.current().exists():
                raise ReferralsPaused(gettext("The mails are already turned off."))
            pause = cls.objects.create(begun_by=by, because=because.strip())
            pause.record("begun", by=by, because=pause.because)
        return pause

    @classmethod
    def end_current(cls, *, by: Any) -> None:
        """Mail tips again. Raises ReferralsNotPaused."""
        pause = cls.objects.current().first()
        if pause is None:
            raise ReferralsNotPaused(gettext("The mails are already turned on."))
        pause.end(by=by)

    def end(self, *, by: Any) -> None:
        """Undo `begin`. Raises ReferralsNotPaused."""
        with locked(self):
            if self.ended_at is not None:
                raise ReferralsNotPaused(gettext("The mails are already turned on."))
            self.ended_at, self.ended_by = timezone.now(), by
            self.save(update_fields=["ended_at", "ended_by"])
            self.record("ended", by=by)
