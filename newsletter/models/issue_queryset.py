import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Coalesce, Now

from history.models import Event
from newsletter.models.delivery import Delivery

# An ordered issue with which nothing has happened for so long is told to the coordinators: no worker is there.
STANDS_STILL_AFTER = datetime.timedelta(minutes=5)


class IssueQuerySet(models.QuerySet[Any]):
    def sent(self) -> "IssueQuerySet":
        return self.filter(state=self.model.State.SENT)

    def out(self) -> "IssueQuerySet":
        """Issues that go, or have gone, to everybody they are for."""
        return self.filter(state__in=[self.model.State.SENDING, self.model.State.PAUSED, self.model.State.SENT])

    def readable(self) -> "IssueQuerySet":
        """Issues that somebody has a mail of, so that anyone may read them on the web: also one cancelled halfway."""
        mails = Delivery.objects.may_have_arrived().filter(issue=models.OuterRef("pk"))
        return self.out() | self.filter(models.Exists(mails), state=self.model.State.CANCELLED)

    def telling_news(self) -> "IssueQuerySet":
        """Issues that tell something of their own, and not only again what readers who had been away had missed."""
        from newsletter.models.issue_item import IssueItem

        return self.filter(models.Exists(IssueItem.objects.own().filter(issue=models.OuterRef("pk"))))

    def with_own_item_count(self) -> "IssueQuerySet":
        """Adds `own_item_count`: how much each tells of its own; nothing for issues that do not tell news."""
        from newsletter.models.issue_item import IssueItem

        own = IssueItem.objects.own().filter(issue=models.OuterRef("pk")).order_by().values("issue")
        return self.annotate(own_item_count=models.Subquery(own.annotate(number=models.Count("pk")).values("number")))

    def unfinished(self) -> "IssueQuerySet":
        """Issues whose sending has begun, and has neither ended nor been interrupted."""
        return self.filter(state__in=[self.model.State.FREEZING, self.model.State.SENDING])

    def closed_too_early(self) -> "IssueQuerySet":
        """Issues whose books are closed although something still waits; `finish` sees to it."""
        waiting = Delivery.objects.waiting().filter(issue=models.OuterRef("pk"))
        return self.filter(models.Exists(waiting), state__in=[self.model.State.SENT, self.model.State.CANCELLED])

    def due(self, now: datetime.datetime) -> "IssueQuerySet":
        return self.filter(state=self.model.State.SCHEDULED, send_at__lte=now)

    def waiting_for_coordinator(self) -> "IssueQuerySet":
        """Drafts with something in them, oldest first."""
        from newsletter.models.issue_item import IssueItem

        filled = models.Exists(IssueItem.objects.filter(issue=models.OuterRef("pk")))
        return self.filter(filled, state=self.model.State.DRAFT).order_by("created_at", "pk")

    def interrupted(self) -> "IssueQuerySet":
        """Issues that are on their way and get nowhere: paused, the mail server does not take anything, or no worker
        is at them."""
        troubled = models.Q(state=self.model.State.SENDING) & ~models.Q(trouble="")
        still = models.Q(pk__in=self.model.objects.standing_still().values("pk"))
        return self.filter(models.Q(state=self.model.State.PAUSED) | troubled | still)

    def standing_still(self) -> "IssueQuerySet":
        """Issues ordered minutes ago with which nothing has happened since, though something was to do: it is not
        prepared, or mails were due and are in nobody's hands."""
        long_ago = Now() - STANDS_STILL_AFTER
        rows = Delivery.objects.filter(issue=models.OuterRef("pk"))
        due = models.Exists(rows.waiting().filter(not_before__lte=long_ago))
        left_lying = models.Exists(rows.filter(lease_until__lte=Now()))
        in_hand = models.Exists(rows.filter(lease_until__gt=Now()))
        moved = models.Exists(rows.filter(changed_at__gt=long_ago))
        # Where nothing waits the books are to be closed.
        nobody_at_it = (due | left_lying | ~models.Exists(rows.waiting())) & ~in_hand & ~moved
        told = Event.objects.filter(
            subject_type=ContentType.objects.get_for_model(self.model),
            subject_id=models.OuterRef("pk"),
            created_at__gt=long_ago,
        )
        return self.filter(
            models.Q(state=self.model.State.FREEZING)
            | models.Q(nobody_at_it, state=self.model.State.SENDING, trouble=""),
            ~models.Exists(told),
            created_at__lte=long_ago,
        )

    def with_uncertain_deliveries(self) -> "IssueQuerySet":
        """Issues with deliveries that a coordinator has to decide about: `uncertain_count`, since `uncertain_since`."""
        uncertain = Delivery.objects.uncertain().filter(issue=models.OuterRef("pk")).order_by().values("issue")
        return self.annotate(
            uncertain_count=models.Subquery(uncertain.annotate(number=models.Count("pk")).values("number")),
            uncertain_since=models.Subquery(uncertain.annotate(first=models.Min("changed_at")).values("first")),
        ).filter(uncertain_count__gt=0)

    def with_latest_event(self) -> "IssueQuerySet":
        """Adds `changed_last_at`: when something last happened with the issue."""
        events = Event.objects.filter(
            subject_type=ContentType.objects.get_for_model(self.model), subject_id=models.OuterRef("pk")
        )
        latest = models.Subquery(events.order_by("-created_at").values("created_at")[:1])
        return self.annotate(changed_last_at=Coalesce(latest, "created_at"))

    def held_back(self) -> "IssueQuerySet":
        """Drafts that were ordered sent and could not be, and that nobody has ordered anew."""
        orders = Event.objects.filter(
            subject_type=ContentType.objects.get_for_model(self.model),
            subject_id=models.OuterRef("pk"),
            verb__in=[*self.model.SETBACKS, *self.model.ORDERS],
        )
        latest = models.Subquery(orders.order_by("-created_at", "-pk").values("verb")[:1])
        return self.filter(state=self.model.State.DRAFT).alias(latest=latest).filter(latest__in=self.model.SETBACKS)

    def newest_first(self) -> "IssueQuerySet":
        return self.order_by("-created_at", "-pk")
