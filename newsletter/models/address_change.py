import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from newsletter.models.address import readable
from newsletter.models.token import new_token
from workflow import DOUBLE_CLICK

LASTS = datetime.timedelta(days=7)


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    def waiting(self) -> "AddressChangeQuerySet":
        """Neither confirmed nor taken back, also when that is no longer possible."""
        return self.filter(state=AddressChange.State.WAITING)

    def open(self) -> "AddressChangeQuerySet":
        """Waiting, with a link that still works."""
        return self.waiting().filter(asked_at__gt=timezone.now() - LASTS)

    def confirmed_since(self, moment: datetime.datetime) -> "AddressChangeQuerySet":
        return self.filter(state=AddressChange.State.CONFIRMED, decided_at__gte=moment)

    def overdue(self) -> "AddressChangeQuerySet":
        return self.waiting().filter(asked_at__lte=timezone.now() - LASTS)


class AddressChange(models.Model):
    """A subscriber asked for their mail to go elsewhere; the owner of the new address has to say yes there.

    The new address stands here only while the answer is awaited. The verbs are the subscriber's (`Movable`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits to be confirmed")
        CONFIRMED = "confirmed", _("confirmed")
        WITHDRAWN = "withdrawn", _("taken back")
        EXPIRED = "expired", _("not confirmed in time")

    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="address_changes")
    new_email = models.EmailField(_("new e-mail address"), null=True, blank=True)
    token = models.CharField(max_length=16, unique=True, default=new_token, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # The key in the mails to the earlier address. It opens nothing any more, but one can still leave by it.
    earlier_token = models.CharField(max_length=16, blank=True, default="", editable=False)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of address")
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber"], condition=models.Q(state="waiting"), name="address_change_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", new_email__isnull=False, decided_at__isnull=True)
                | (~models.Q(state="waiting") & models.Q(new_email__isnull=True, decided_at__isnull=False)),
                name="address_change_has_address_while_waiting",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "confirmed", "withdrawn", "expired"]),
                name="address_change_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["earlier_token"], condition=~models.Q(earlier_token=""), name="address_change_earlier_token"
            ),
            models.Index(fields=["asked_at"], condition=models.Q(state="waiting"), name="address_change_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.state}"

    @property
    def address(self) -> str:
        return readable(self.new_email or "")

    @property
    def ends_at(self) -> datetime.datetime:
        return self.asked_at + LASTS

    @property
    def is_open(self) -> bool:
        return self.state == self.State.WAITING and self.ends_at > timezone.now()

    @property
    def just_confirmed(self) -> bool:
        """Whether a second click on the same button may be answered like the first. Later it must not: by then the
        subscriber may have moved on, and the link be in an inbox that is no longer theirs."""
        since = timezone.now() - DOUBLE_CLICK
        return self.state == self.State.CONFIRMED and self.decided_at is not None and self.decided_at > since

    @property
    def confirmation_url(self) -> str:
        with translation.override(self.subscriber.language):
            return settings.SITE_URL + reverse("newsletter:address_confirmation", args=[self.token])

    def decide(self, state: str, **fields: Any) -> None:
        """Close the change, and forget the address it was about. The caller holds the subscriber's row."""
        self.state = state
        self.new_email = None
        self.decided_at = timezone.now()
        for name, value in fields.items():
            setattr(self, name, value)
        self.save()
