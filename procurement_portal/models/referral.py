import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from procurement_portal.models.referral_limits import Limited
from procurement_portal.models.referral_pause import ReferralPause
from procurement_portal.models.tipped_page import PageKind, TippedPage
from workflow import IllegalTransition, locked

LINK_LASTS = timedelta(days=2)
# Forgotten the night after: within three days, as we promise.
ADDRESSES_KEPT = timedelta(days=2)

_signer = TimestampSigner(sep=".", salt="procurement_portal.referral")


class ReferralsClosed(IllegalTransition):
    pass


class ReferralLinkOver(Exception):
    """The link was never ours, is too old, or the addresses it was about are deleted."""


class ReferralQuerySet(models.QuerySet["Referral"]):
    def with_addresses(self) -> "ReferralQuerySet":
        return self.exclude(sender="", recipient="")

    def past_retention(self) -> "ReferralQuerySet":
        return self.with_addresses().filter(created_at__lt=timezone.now() - ADDRESSES_KEPT)

    def by_link(self, token: str) -> "Referral":
        """The tip that a mailed link confirms. Raises ReferralLinkOver."""
        try:
            key = uuid.UUID(_signer.unsign(token, max_age=LINK_LASTS))
        except (BadSignature, ValueError):
            raise ReferralLinkOver from None
        referral = self.with_addresses().filter(form_key=key).first()
        if referral is None:
            raise ReferralLinkOver
        return referral


class Referral(Limited):
    """Somebody tips a colleague about a page of ours and has us mail it: in our words only, to one address.

    The sender first shows that they read their own mail, or is signed in. Whether a mail went out is told to nobody,
    so that the form says nothing about anyone's address. The addresses are deleted after days; the row stays, to count.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for the sender to confirm")
        SENT = "sent", _("mailed to the colleague")
        WITHHELD = "withheld", _("not mailed")

    class Reason(models.TextChoices):
        # Not told apart: the numbers must not say of anybody that they want no tips.
        STOPPED = "stopped", _("over a limit, or to somebody who wants none")
        PAGE_GONE = "page_gone", _("about a page that was not public any more")
        UNCONFIRMED = "unconfirmed", _("never confirmed")

    # From the form's ticket: the same form sent twice is one tip.
    form_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=PageKind)
    slug = models.SlugField(max_length=200, blank=True)
    sender = models.EmailField(_("your e-mail address"), blank=True)
    recipient = models.EmailField(_("your colleague’s e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="sv")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    # Why it was not mailed; empty for those from before this was noted. Only counted, never shown for a single tip.
    withheld_because = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    # When the sender pressed the button behind the link; at once for who is signed in.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # The mails hold the addresses too, and go with them.
    letters = models.ManyToManyField("mailing.Letter", related_name="+")

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("tip to a colleague")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["portal", "supplier", "method"]), name="referral_kind_known"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "sent", "withheld"]), name="referral_state_known"),
            models.CheckConstraint(
                condition=Q(withheld_because="")
                | Q(state="withheld", withheld_because__in=["stopped", "page_gone", "unconfirmed"]),
                name="referral_withheld_because_known",
            ),
        ]
        indexes = [
            models.Index("created_at", condition=~Q(sender="", recipient=""), name="referral_with_addresses"),
            models.Index("created_at", name="referral_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}".strip()

    @staticmethod
    def may_be_mailed() -> bool:
        """Whether the site is set up to mail tips; coordinators can only turn off what is."""
        return settings.REFERRALS_PER_DAY > 0

    @classmethod
    def are_open(cls) -> bool:
        """Whether the site mails tips now; with the switch off there are still the link and one's own mail."""
        return cls.may_be_mailed() and not ReferralPause.objects.current().exists()

    @classmethod
    def refuse_if_closed(cls) -> None:
        if not cls.are_open():
            raise ReferralsClosed(
                gettext("We do not mail tips at the moment. Copy the link and send it yourself instead.")
            )

    @property
    def page(self) -> TippedPage | None:
        """What it is about, in the reader's language; None when that is no longer public."""
        return TippedPage.find(self.kind, self.slug)

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def link_token(self) -> str:
        """For the mail to the sender only: whoever holds it reads that mailbox."""
        return _signer.sign(self.form_key.hex)

    def get_confirmation_url(self) -> str:
        return reverse("procurement_portal:referral_confirmation", args=[self.link_token])

    @classmethod
    def ask(cls, *, network: str, known: bool, **fields: Any) -> "Referral":
        """Take in a tip: mail it at once when the sender is known (signed in), else ask the sender to confirm.

        Over a limit it is kept as withheld and nothing is mailed. Raises ReferralsClosed.
        """
        from procurement_portal import mails

        cls.refuse_if_closed()
        with transaction.atomic():
            referral, is_new = cls.objects.get_or_create(form_key=fields.pop("form_key"), defaults=fields)
            if not is_new:
                return referral
            if not referral._may_be_asked(network):
                referral._withhold(cls.Reason.STOPPED)
            elif known:
                referral._send()
            elif referral._one_more_mail():
                referral.letters.add(mails.confirm_referral(referral))
            else:
                referral._withhold(cls.Reason.STOPPED)
        return referral

    def confirm(self) -> None:
        """The sender has read our mail: tell the colleague. Confirmed twice it is sent once. Raises ReferralsClosed."""
        self.refuse_if_closed()
        with locked(self):
            if self.is_waiting:
                self._send()

    @classmethod
    def forget_addresses(cls) -> None:
        """Empty the addresses of tips that are some days old, and delete the mails about them."""
        for referral in cls.objects.past_retention():
            # Held, for its sender may be confirming it in this very moment.
            with locked(referral):
                referral.letters.all().delete()
                referral.sender = referral.recipient = ""
                if referral.is_waiting:
                    referral.state, referral.withheld_because = cls.State.WITHHELD, cls.Reason.UNCONFIRMED
                referral.save(update_fields=["sender", "recipient", "state", "withheld_because"])

    def _send(self) -> None:
        from procurement_portal import mails

        with translation.override(self.language):
            page = self.page
        self.confirmed_at = timezone.now()
        if page is None:
            self._withhold(self.Reason.PAGE_GONE)
        elif self._may_be_mailed():
            self.state = self.State.SENT
            self.save(update_fields=["state", "confirmed_at"])
            self.letters.add(mails.referral(self, page))
        else:
            self._withhold(self.Reason.STOPPED)

    def _withhold(self, reason: str) -> None:
        self.state, self.withheld_because = self.State.WITHHELD, reason
        self.save(update_fields=["state", "withheld_because", "confirmed_at"])
