from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from newsletter.models.address import bare
from newsletter.models.handling import HandlingQuerySet
from newsletter.models.progress import Progress


def domain_of(sender: str) -> str:
    """The domain of a sender like `Innovationslabbet <labb@example.org>`."""
    return bare(sender).rpartition("@")[2]


class DeliveryQuerySet(HandlingQuerySet):
    def progress(self) -> Progress:
        """How far the sending has come, in one look at the rows."""
        return Progress.of(self)

    def open(self) -> "DeliveryQuerySet":
        """Not yet accounted for."""
        return self.filter(state__in=Delivery.OPEN)

    def waiting(self) -> "DeliveryQuerySet":
        """In nobody's hands."""
        return self.filter(state=Delivery.State.PENDING)

    def uncertain(self) -> "DeliveryQuerySet":
        """Nobody knows whether they arrived, and no coordinator has closed them yet."""
        return self.filter(state=Delivery.State.UNKNOWN, closed_at__isnull=True)

    def may_have_arrived(self) -> "DeliveryQuerySet":
        return self.filter(state__in=[Delivery.State.ACCEPTED, Delivery.State.SUBMITTING, Delivery.State.UNKNOWN])

    def failed_to_readers(self) -> "DeliveryQuerySet":
        """Refused by the mail server, while the reader still subscribes: not for the address itself."""
        return self.filter(state=Delivery.State.FAILED, subscriber__state="active")

    def counts(self) -> dict[str, int]:
        """Number of deliveries by state; every state has its place, also with 0."""
        found = dict(self.order_by().values_list("state").annotate(models.Count("pk")))
        return {state: found.get(state, 0) for state in Delivery.State.values}


class Delivery(models.Model):
    """One issue to one subscriber: the row that knows whether it went out.

    pending → claimed (a worker holds a lease) → submitting (committed before the mail server is told anything)
    → accepted | failed | unknown. A row goes back from submitting to pending only when it is certain that the mail is
    not out: the server said no in words, or it was never offered the content.
    """

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("delivery", "waiting")
        CLAIMED = "claimed", pgettext_lazy("delivery", "being taken care of")
        SUBMITTING = "submitting", pgettext_lazy("delivery", "being handed over")
        ACCEPTED = "accepted", pgettext_lazy("delivery", "sent")
        FAILED = "failed", pgettext_lazy("delivery", "failed")
        UNKNOWN = "unknown", pgettext_lazy("delivery", "uncertain")
        SKIPPED = "skipped", pgettext_lazy("delivery", "skipped")

    OPEN = (State.PENDING, State.CLAIMED, State.SUBMITTING)

    # A row is written once and changed three times for each mail: it has no index that nothing asks for.
    issue = models.ForeignKey(
        "newsletter.Issue", on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )  # `delivery_once_per_subscriber` begins with it
    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.PROTECT, related_name="deliveries")
    variant = models.ForeignKey(
        "newsletter.Variant", on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.PENDING, db_default=State.PENDING.value
    )
    attempt = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    not_before = models.DateTimeField(_("not before"))
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True, default="", db_default="")
    # The database server's timeline at the claim. A standby that takes over begins a new one, and may lack marks.
    timeline = models.CharField(max_length=8, blank=True, default="", db_default="")
    # Where the mail begins for a subscriber who had not been served to where everybody had; see `Subscriber.news_from`.
    news_from = models.DateTimeField(null=True, blank=True)
    smtp_reply = models.CharField(_("the mail server’s answer"), max_length=300, blank=True, default="", db_default="")
    changed_at = models.DateTimeField(_("changed at"))
    # A coordinator has looked at an uncertain delivery and leaves it at that.
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["issue", "subscriber"], name="delivery_once_per_subscriber"),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["pending", "claimed", "submitting", "accepted", "failed", "unknown", "skipped"]
                ),
                name="delivery_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["claimed", "submitting"], lease_until__isnull=False)
                | (~models.Q(state__in=["claimed", "submitting"]) & models.Q(lease_until__isnull=True)),
                name="delivery_lease_while_in_hand",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(state="unknown"),
                name="delivery_closed_is_unknown",
            ),
        ]
        indexes = [
            models.Index(
                fields=["issue", "not_before", "id"],
                condition=models.Q(state="pending"),
                name="delivery_waiting",
            ),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(lease_until__isnull=False),
                name="delivery_in_hand",
            ),
            models.Index(
                fields=["issue", "id"],
                condition=models.Q(state="unknown", closed_at__isnull=True),
                name="delivery_uncertain",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} → {self.subscriber_id}: {self.state}"

    @property
    def message_id(self) -> str:
        return self.message_id_of(self.issue_id, self.subscriber_id)

    @staticmethod
    def message_id_of(issue_id: int, subscriber_id: int) -> str:
        """The same on each attempt, and telling nothing about the recipient."""
        digest = salted_hmac("newsletter.delivery", f"{issue_id}:{subscriber_id}", algorithm="sha256")
        return f"<{digest.hexdigest()[:32]}@{domain_of(settings.DEFAULT_FROM_EMAIL)}>"
