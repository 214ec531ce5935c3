import datetime
from collections.abc import Iterable

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from history.models import Eventful
from newsletter.models.address import mark_of, readable, searchable
from newsletter.models.changing_address import Movable
from newsletter.models.erasing import Erasable
from newsletter.models.on_request import AskingCoordinators
from newsletter.models.own_data import Exportable
from newsletter.models.own_pages import OwnPages
from newsletter.models.rhythm import Rhythm
from newsletter.models.subscription import Subscribing
from newsletter.models.token import new_token

# How long the mailed link to confirm an address works.
CONFIRMATION_LASTS = datetime.timedelta(days=14)


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def active(self) -> "SubscriberQuerySet":
        return self.filter(state=Subscriber.State.ACTIVE)

    def receiving(self, now: datetime.datetime) -> "SubscriberQuerySet":
        """Active subscribers who are not having a pause."""
        return self.active().filter(models.Q(paused_until__isnull=True) | models.Q(paused_until__lte=now))

    def with_address(self, email: str) -> "SubscriberQuerySet":
        return self.alias(lower_email=Lower("email")).filter(lower_email=email.lower())

    def states_of(self, emails: Iterable[str]) -> dict[str, str]:
        """The state of each of many addresses that is known, by the address in lower case."""
        lowered = [email.lower() for email in emails]
        found = self.annotate(lower_email=Lower("email")).filter(lower_email__in=lowered)
        return dict(found.values_list("lower_email", "state"))

    def not_erased(self) -> "SubscriberQuerySet":
        return self.filter(erased_at__isnull=True)

    def who_asked_to_be_forgotten(self, emails: Iterable[str]) -> set[str]:
        """Those of the addresses that were erased on their owner's request."""
        marks = {mark_of(email): email for email in emails}
        # Without the second condition PostgreSQL would not see that the index, which has only marks, will do.
        found = self.filter(erased_mark__in=marks).exclude(erased_mark="").values_list("erased_mark", flat=True)
        return {marks[mark] for mark in found}

    def matching(self, words: str) -> "SubscriberQuerySet":
        """Those whose address has `words` in it, with å, ä and ö in the domain as people write them."""
        wanted = models.Q()
        for each in searchable(words):
            wanted |= models.Q(email__icontains=each)
        return self.filter(wanted)

    def with_token_ever(self, token: str) -> "Subscriber | None":
        """The subscriber who has the token, or had it in mails to an earlier address: enough to leave by."""
        from newsletter.models.address_change import AddressChange

        found = self.not_erased().filter(token=token).first()
        if found is None:
            change = AddressChange.objects.filter(earlier_token=token).select_related("subscriber").first()
            found = change.subscriber if change else None
        return found

    def asked_by(self, confirmation_token: str) -> "SubscriberQuerySet":
        """The one whom a letter with that key asked whether the address is theirs, and who has not answered."""
        states = [Subscriber.State.PENDING, Subscriber.State.COMPLAINED]
        return self.filter(confirmation_token=confirmation_token, state__in=states)

    def unconfirmed_since(self, moment: datetime.datetime) -> "SubscriberQuerySet":
        """Asked to subscribe, never said yes, and heard from us last before `moment`."""
        return self.filter(state=Subscriber.State.PENDING).filter(
            models.Q(last_letter_at__lt=moment) | models.Q(last_letter_at__isnull=True, created_at__lt=moment)
        )


__all__ = ["Subscriber", "SubscriberQuerySet", "new_token"]  # migration 0001 names `new_token` here


class Subscriber(Subscribing, Erasable, Movable, AskingCoordinators, Exportable, OwnPages, Eventful):
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
        "imported": _("was imported from a list"),
        "address_change_asked": _("asked to change the address"),
        "address_change_withdrawn": _("took the change of address back"),
        "address_change_expired": _("did not confirm the new address in time"),
        "address_changed": _("changed the address"),
        "left": pgettext_lazy("subscriber", "left"),
        "left_in_mail_program": _("left by the button of the mail program"),
        "left_by_mail": _("left by e-mail"),
        "left_at_mail_service": _("left through the service that delivers our mail"),
        "left_by_complaint": _("left: an e-mail to an earlier address was reported as spam"),
        "left_on_request": _("stopped the newsletter on the subscriber’s request"),
        "reached_again": _("lifted the block after mail had come back"),
        "confirmation_expired": _("did not confirm the address in time"),
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
    # Those about the subscription, whatever address they went to: they hold addresses and keys, and go with it.
    letters = models.ManyToManyField("mailing.Letter", related_name="+", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    left_because = models.CharField(max_length=200, blank=True)
    # When a coordinator last said that the address takes mail again.
    block_lifted_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    # So that an old list does not bring back who asked to be forgotten; see `mark_of`.
    erased_mark = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

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
            # The sending engine counts on it: a mail's headers must not be folded inside an address.
            models.CheckConstraint(
                condition=models.Q(("token__regex", r"^[A-Za-z0-9_-]{16}$")), name="subscriber_token_is_short"
            ),
            models.CheckConstraint(
                condition=models.Q(erased_mark="") | models.Q(erased_at__isnull=False),
                name="subscriber_marked_only_when_erased",
            ),
        ]
        indexes = [
            models.Index(fields=["frequency", "id"], condition=models.Q(state="active"), name="subscriber_audience"),
            models.Index(fields=["erased_mark"], condition=~models.Q(erased_mark=""), name="subscriber_erased"),
            # For finding a part of an address among millions: what `icontains` asks for.
            GinIndex(OpClass(Upper("email"), name="gin_trgm_ops"), name="subscriber_address_parts"),
        ]

    def __str__(self) -> str:
        return readable(self.email) if self.email else str(_("erased subscriber"))

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def is_paused(self) -> bool:
        return self.paused_until is not None and self.paused_until > timezone.now()

    @property
    def confirmation_is_open(self) -> bool:
        """Whether the link in the latest letter still works."""
        if self.confirmation_token is None:
            return False
        return (self.last_letter_at or self.created_at) > timezone.now() - CONFIRMATION_LASTS
