import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone

from newsletter.models.period import FURTHEST_BACK, default_period_start
from newsletter.models.subscription import AUDIENCE
from workflow import in_turn

Told = Any  # An Issue, which has the fields.


class Settling(models.Model):
    """How far a digest has taken its readers, so that each one's next begins where their last one ended.

    Most have been served to where the next digest begins anyway. `Subscriber.news_from` is for the others.
    """

    # Columns of the issue, which has the fields.
    period_start: Any
    period_end: Any
    handed_on_at: Any

    class Meta:
        abstract = True

    @classmethod
    def told_until(cls: Any, kind: str) -> datetime.datetime:
        """How far the readers of a rhythm have been served: where its last digest ended that was written down."""
        digests = cls.objects.exclude(state="cancelled").filter(kind=kind)
        frozen = digests.filter(frozen_at__isnull=False).aggregate(end=models.Max("period_end"))["end"]
        waiting = digests.aggregate(start=models.Min("period_start"))["start"]
        return frozen or waiting or default_period_start(kind, timezone.now())

    def settle(self: Told) -> None:
        """Note for whom the digest did not do what it does for the others. Doing it twice changes nothing.

        Who reads on but did not get theirs is owed the period again. When the digest is cancelled its period comes
        again for everybody, so those who have got it are told from its end. A later digest has overtaken either.
        """
        if self.period_end is None or self.frozen_at is None:
            return
        # In turn with freezing: a later digest that is just being written down has overtaken this one as well.
        with in_turn(AUDIENCE):
            self._settle()

    def _settle(self: Told) -> None:
        if self.state == self.State.CANCELLED:
            got = self._readers(self.deliveries.may_have_arrived())
            got.update(news_from=Greatest(F("news_from"), Value(self.period_end)))
        missed = self.deliveries.filter(state__in=["failed", "skipped", "pending", "claimed"])
        own = missed.filter(subscriber=OuterRef("pk")).values("news_from")[:1]
        begin = Coalesce(Subquery(own), Value(self.period_start))
        owed = self._readers(missed)
        if self.state == self.State.CANCELLED:
            # The next digest begins at the same place by itself for all others.
            away = Exists(missed.filter(subscriber=OuterRef("pk"), news_from__isnull=False))
            owed = owed.filter(Q(news_from__isnull=False) | ~Q(frequency=self.kind) | away)
        owed.update(news_from=Least(F("news_from"), begin))

    @property
    def comes_again(self: Told) -> bool:
        """Whether the next digest tells what this one holds, should this one be cancelled.

        A special issue has no next one. And when some have got a digest and others a later one, nobody can tell any
        more who lacks it: for them it stays untold.
        """
        if self.period_end is None:
            return False
        later = type(self).objects.filter(kind=self.kind, period_start__gte=self.period_end, frozen_at__isnull=False)
        return not self.deliveries.may_have_arrived().exists() or not later.exists()

    def hand_on(self: Told) -> None:
        """Give what this cancelled digest held to the next one, when that has been composed but not sent.

        Without one it waits for the one that comes; see `take_over_cancelled`.
        """
        if not self.comes_again:
            return
        waiting = type(self).objects.filter(
            kind=self.kind, state__in=["draft", "scheduled"], period_start__gte=self.period_end
        )
        heir = waiting.select_for_update().order_by("period_start").first()
        if heir is None:
            return
        if heir.state == self.State.SCHEDULED:
            heir.pull_back(because=str(self))
        if heir.period_start == self.period_end:
            heir.period_start = self.period_start
            heir.save(update_fields=["period_start"])
        heir.take_over(self)

    def take_over_cancelled(self: Told) -> None:
        """Put in what cancelled digests of the kind held and no other has taken over; at most 100 days back."""
        waiting = type(self).objects.filter(
            kind=self.kind,
            state="cancelled",
            handed_on_at__isnull=True,
            period_end__gt=self.period_end - FURTHEST_BACK,
        )
        for cancelled in waiting.order_by("period_end"):
            if cancelled.comes_again:
                self.take_over(cancelled)

    def take_over(self: Told, cancelled: Told) -> None:
        """Put in what a cancelled digest told of its own, once.

        What lies before this digest's period goes to everybody all the same when nobody has got it: a later digest has
        gone out without it, or a person had put it in.
        """
        before = self.items.count()
        told = cancelled.items.own().public().exclude(revision__state="superseded")
        self.put_in(
            entries=[item.entry for item in told.filter(entry__isnull=False).select_related("entry")],
            revisions=[item.revision for item in told.filter(revision__isnull=False).select_related("revision")],
            as_news=True,
        )
        if not cancelled.deliveries.may_have_arrived().exists():
            same = Q(entry__in=told.values("entry")) | Q(revision__in=told.values("revision"))
            self.items.catching_up().filter(same).update(news_at=None)
        cancelled.handed_on_at = timezone.now()
        cancelled.save(update_fields=["handed_on_at"])
        if self.items.count() > before:
            self.record("taken_over", note=str(cancelled))

    def _readers(self: Told, deliveries: Any) -> Any:
        """The active subscribers of these deliveries, but for those whom a later digest has been written down for."""
        from newsletter.models.subscriber import Subscriber

        later = self.deliveries.model.objects.filter(
            subscriber=OuterRef("pk"), issue__frozen_at__gt=self.frozen_at, issue__period_end__isnull=False
        )
        return Subscriber.objects.active().filter(Exists(deliveries.filter(subscriber=OuterRef("pk"))), ~Exists(later))
