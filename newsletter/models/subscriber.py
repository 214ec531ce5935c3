import datetime
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from history.models import Eventful
from newsletter.models.address import readable
from newsletter.models.rhythm import Rhythm
from newsletter.models.subscription import Leavable


def new_token() -> str:
    """96 random bits in 16 characters: short enough for mail headers, far too many to guess."""
    return secrets.token_urlsafe(12)


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def active(self) -> "SubscriberQuerySet":
        return self.filter(state=Subscriber.State.ACTIVE)

    def receiving(self, now: datetime.datetime) -> "SubscriberQuerySet":
        """Active subscribers who are not having a pause."""
        return self.active().filter(models.Q(paused_until__isnull=True) | models.Q(paused_until__lte=now))

    def with_address(self, email: str) -> "SubscriberQuerySet":
        return self.alias(lower_email=Lower("email")).filter(lower_email=email.lower())


class Subscriber(Leavable, Eventful):
    """Someone who reads the diary in their inbox. No account: the token in their mails is the key.

    An erased subscriber keeps a row without address or choices, so that the books of what was sent still add up.
    """

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("subscriber", "not confirmed")
        ACTIVE = "active", pgettext_lazy("subscriber", "active")
        UNSUBSCRIBED = "unsubscribed", pgettext_lazy("subscriber", "has left")
        BOUNCED = "bounced", pgettext_lazy("subscriber", "cannot be reached")
        COMPLAINED = "complained", pgettext_lazy("subscriber", "reported as spam")

    WITHOUT_ACCOUNT = _("The subscriber")
    EVENTS = {
        "signed_up": _("asked to subscribe"),
        "confirmed": _("confirmed the address"),
        "changed": _("changed the choices"),
        "paused": _("paused"),
        "resumed": _("ended the pause"),
        "left": pgettext_lazy("subscriber", "left"),
        "bounced": _("could not be reached"),
        "complained": _("reported an e-mail as spam"),
        "erased": _("was erased"),
    }

    email = models.EmailField(_("e-mail address"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    frequency = models.CharField(_("how often"), max_length=10, choices=Rhythm, default=Rhythm.WEEKLY)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="sv")
    labs = models.ManyToManyField("labs.Lab", blank=True, related_name="subscribers", verbose_name=_("labs"))
    focus_areas = models.ManyToManyField(
        "labs.FocusArea", blank=True, related_name="subscribers", verbose_name=_("focus areas")
    )
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    confirmation_token = models.CharField(max_length=32, unique=True, null=True, blank=True, editable=False)
    letters_sent = models.PositiveSmallIntegerField(default=0)
    last_letter_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(_("pause until"), null=True, blank=True)
    # Where the next digest begins for someone whose last mail ended elsewhere than their rhythm's: after a pause, a
    # change of rhythm, a failed delivery. Empty: where everybody's begins.
    news_from = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    left_because = models.CharField(max_length=200, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_email_unique_whatever_case"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=False, erased_at__isnull=True)
                | models.Q(email__isnull=True, erased_at__isnull=False, state="unsubscribed"),
                name="subscriber_has_address_unless_erased",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active") | models.Q(confirmed_at__isnull=False),
                name="subscriber_active_has_confirmed",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "active", "unsubscribed", "bounced", "complained"]),
                name="subscriber_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["frequency", "id"], condition=models.Q(state="active"), name="subscriber_audience"),
        ]

    def __str__(self) -> str:
        return readable(self.email) if self.email else str(_("erased subscriber"))

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def is_paused(self) -> bool:
        return self.paused_until is not None and self.paused_until > timezone.now()

    def address_of(self, name: str, token: str | None = None) -> str:
        """The full address of one of the subscriber's own pages, in their language; `name` is a URL name."""
        with translation.override(self.language):
            return settings.SITE_URL + reverse(f"newsletter:{name}", args=[token or self.token])

    @property
    def preferences_path(self) -> str:
        """The page with the choices, in the language of whoever is looking."""
        return reverse("newsletter:preferences", args=[self.token])

    @property
    def preferences_url(self) -> str:
        return self.address_of("preferences")

    @property
    def unsubscribe_url(self) -> str:
        return self.address_of("unsubscribe")

    @property
    def confirmation_url(self) -> str:
        return self.address_of("confirmation", self.confirmation_token)

    def export(self) -> dict[str, Any]:
        """Everything we hold about the subscriber, for their own eyes."""
        return {
            "email": str(self),
            "state": self.state,
            "frequency": self.frequency,
            "language": self.language,
            "labs": [lab.name for lab in self.labs.alphabetical()],
            "focus_areas": [area.name for area in self.focus_areas.all()],
            "paused_until": self.paused_until,
            "news_from": self.news_from,
            "created_at": self.created_at,
            "confirmed_at": self.confirmed_at,
            "left_at": self.left_at,
            "left_because": self.left_because,
            "consents": list(self.consents.values("text", "form", "language", "given_at", "confirmed_at")),
            "events": list(self.events.order_by("created_at", "pk").values("verb", "particulars", "created_at")),
            "bounces": list(self.bounces.order_by("pk").values("kind", "source", "diagnostic", "happened_at")),
            "deliveries": [
                {"issue": delivery.issue.subject, "state": delivery.state, "at": delivery.changed_at}
                for delivery in self.deliveries.select_related("issue").order_by("pk")
            ],
        }
