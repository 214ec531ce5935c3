import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from newsletter.models.address import without_addresses
from workflow import locked

if TYPE_CHECKING:
    from newsletter.models.delivery import Delivery
    from newsletter.models.subscriber import Subscriber

KEPT = datetime.timedelta(days=365)

# So many soft bounces in a row, of mails sent on so many different days.
MOST_SOFT = 5
ON_DAYS = 3
COUNTED_OVER = datetime.timedelta(days=180)
# Mail servers try for up to five days before they give up: an older mail nobody has complained about has arrived.
SETTLED = datetime.timedelta(days=5)


class BounceQuerySet(models.QuerySet["Bounce"]):
    def past_retention(self, now: datetime.datetime) -> "BounceQuerySet":
        return self.filter(received_at__lt=now - KEPT)

    def newest_first(self) -> "BounceQuerySet":
        return self.order_by("-happened_at", "-pk")

    def soft_since(self, moment: datetime.datetime) -> models.QuerySet[Any]:
        """Soft ones whose mail was sent after `moment`; `about` is when."""
        sent = self.annotate(about=Coalesce("delivery__changed_at", "happened_at"))
        return sent.filter(kind=Bounce.Kind.SOFT, about__gt=moment)


class Bounce(models.Model):
    """Word from elsewhere that a mail has not arrived, or was not welcome. One row for each event, however often told.

    It never changes the delivery it is about: our mail server took that mail, or nobody knows, and so it stays.
    """

    class Kind(models.TextChoices):
        HARD = "hard", pgettext_lazy("bounce", "no such mailbox")
        SOFT = "soft", pgettext_lazy("bounce", "mailbox full or out of order")
        COMPLAINT = "complaint", pgettext_lazy("bounce", "reported as spam")
        # Too big, blocked, suspected of being spam: it is about us and not about the address.
        OTHER = "other", pgettext_lazy("bounce", "refused for another reason")

    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="bounces")
    delivery = models.ForeignKey(
        "newsletter.Delivery", on_delete=models.CASCADE, null=True, blank=True, related_name="bounces"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # A mail service's name, or how it came by mail: "dsn" or "arf".
    source = models.CharField(_("source"), max_length=20)
    event_key = models.CharField(max_length=64)
    diagnostic = models.CharField(_("what the mail server says"), max_length=500, blank=True)
    happened_at = models.DateTimeField(_("happened at"))
    received_at = models.DateTimeField(_("received at"))

    objects = BounceQuerySet.as_manager()

    class Meta:
        verbose_name = _("bounce")
        verbose_name_plural = _("bounces")
        constraints = [
            models.UniqueConstraint(fields=["source", "event_key"], name="bounce_once_per_event"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["hard", "soft", "complaint", "other"]), name="bounce_kind_known"
            ),
            models.CheckConstraint(condition=~models.Q(event_key=""), name="bounce_has_event_key"),
            models.CheckConstraint(
                condition=models.Q(happened_at__lte=models.F("received_at")), name="bounce_happens_before_received"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.kind}"

    @classmethod
    def receive(
        cls,
        subscriber: "Subscriber",
        *,
        kind: str,
        source: str,
        event_key: str,
        delivery: "Delivery | None" = None,
        diagnostic: str = "",
        happened_at: datetime.datetime | None = None,
    ) -> "Bounce | None":
        """Note the event and do what follows from it. None when it was known already, is older than we remember,
        or the subscriber has been erased: nothing is kept about them.

        The order in which events come does not matter: a complaint always wins, unless it is about a mail to an address
        exchanged since; others stop only who is subscribed and has not confirmed the address, nor had a block lifted,
        since the mail they are about was sent.
        """
        now = timezone.now()
        happened_at = min(happened_at or now, now)
        if happened_at < now - KEPT:
            return None
        with locked(subscriber):
            if subscriber.erased_at is not None:
                return None
            bounce, is_new = cls.objects.get_or_create(
                source=source,
                event_key=event_key[:64],
                defaults={
                    "subscriber": subscriber,
                    "delivery": delivery,
                    "kind": kind,
                    "diagnostic": storable(diagnostic),
                    "happened_at": happened_at,
                    "received_at": now,
                },
            )
            if not is_new:
                return None
            bounce._draw_consequences()
        return bounce

    def _draw_consequences(self) -> None:
        if self.kind == self.Kind.COMPLAINT and self._went_to_earlier_address:
            # Whoever has that inbox wants no mail; about the new address it says nothing, and its owner may come back.
            self.subscriber.leave(verb="left_by_complaint")
        elif self.kind == self.Kind.COMPLAINT:
            self.subscriber.complain()
        elif self._about < self._proved_at:
            return
        elif self.kind == self.Kind.HARD or (self.kind == self.Kind.SOFT and self._is_one_too_many()):
            self.subscriber.bounce(self.diagnostic)

    def _is_one_too_many(self) -> bool:
        """Five soft bounces in a row suppress, when the mails were sent on at least three different days.

        In a row: a mail that was accepted in between, and of which nothing has been heard for five days, has arrived
        and starts the count afresh. Three days: an outage on a day with five entries is one piece of bad luck. A mail
        counts once, whoever reports it how often. Half a year, for a monthly reader gets five mails in as many months.
        """
        start = max(self._proved_at, self.received_at - COUNTED_OVER)
        arrived = self.subscriber.deliveries.filter(
            state="accepted", changed_at__gt=start, changed_at__lte=self.received_at - SETTLED, bounces__isnull=True
        ).aggregate(last=models.Max("changed_at"))["last"]
        soft = self.subscriber.bounces.soft_since(arrived or start).values_list("pk", "delivery", "about")
        mails = {delivery or f"event {pk}" for pk, delivery, _about in soft}
        days = {timezone.localdate(about) for _pk, _delivery, about in soft}
        return len(mails) >= MOST_SOFT and len(days) >= ON_DAYS

    @property
    def _went_to_earlier_address(self) -> bool:
        """By the clock: in complaints the address is often blacked out."""
        return self.delivery is not None and self.subscriber.address_changes.confirmed_since(self._about).exists()

    @property
    def _about(self) -> Any:
        """When the mail it is about was sent, as far as we know."""
        return self.delivery.changed_at if self.delivery else self.happened_at

    @property
    def _proved_at(self) -> Any:
        """What was sent before says nothing about the address now: it has been confirmed, or entered anew, or a
        coordinator has vouched for it, since."""
        subscriber = self.subscriber
        is_pending = subscriber.state == subscriber.State.PENDING
        proved_at = subscriber.last_letter_at if is_pending else subscriber.confirmed_at
        return max(filter(None, [proved_at or subscriber.created_at, subscriber.block_lifted_at]))


def storable(words: str) -> str:
    """A mail server's words on one line, without anybody's address and without what PostgreSQL does not take."""
    plain = words[:2_000].replace("\x00", "").encode("utf-8", "replace").decode()
    return without_addresses(" ".join(plain.split()))[:500]
