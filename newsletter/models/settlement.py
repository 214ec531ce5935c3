import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone

from newsletter.models.period import default_period_start

Told = Any  # An Issue, which has the fields.


class Settling(models.Model):
    """How far a digest has taken its readers, so that each one's next begins where their last one ended.

    Most have been served to where the next digest begins anyway. `Subscriber.news_from` is for the others.
    """

    # Columns of the issue, which has the fields.
    period_start: Any
    period_end: Any

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
        if self.state == self.State.CANCELLED:
            got = self.deliveries.filter(state__in=["accepted", "submitting", "unknown"])
            self._readers(got).update(news_from=Greatest(F("news_from"), Value(self.period_end)))
        missed = self.deliveries.filter(state__in=["failed", "skipped", "pending", "claimed"])
        own = missed.filter(subscriber=OuterRef("pk")).values("news_from")[:1]
        begin = Coalesce(Subquery(own), Value(self.period_start))
        owed = self._readers(missed)
        if self.state == self.State.CANCELLED:
            # The next digest begins at the same place by itself for all others.
            away = Exists(missed.filter(subscriber=OuterRef("pk"), news_from__isnull=False))
            owed = owed.filter(Q(news_from__isnull=False) | ~Q(frequency=self.kind) | away)
        owed.update(news_from=Least(F("news_from"), begin))

    def hand_on(self: Told) -> None:
        """Give the period of this cancelled digest to the next one, when that has been composed but not sent.

        Without a next one there is nothing to do: the one that comes begins where this one began.
        """
        following = type(self).objects.filter(kind=self.kind, period_start=self.period_end)
        heir = following.filter(state__in=["draft", "scheduled"]).select_for_update().first()
        if self.period_end is None or heir is None:
            return
        if heir.state == self.State.SCHEDULED:
            heir.hold_back(because=str(self))
        heir.period_start = self.period_start
        heir.save(update_fields=["period_start"])
        told = self.items.own()
        heir.put_in(
            entries=[item.entry for item in told.filter(entry__isnull=False).select_related("entry")],
            revisions=[item.revision for item in told.filter(revision__isnull=False).select_related("revision")],
            as_news=True,
        )
        heir.record("taken_over", note=str(self))

    def _readers(self: Told, deliveries: Any) -> Any:
        """The active subscribers of these deliveries, but for those whom a later digest has been written down for."""
        subscribers = self.deliveries.model._meta.get_field("subscriber").related_model
        later = self.deliveries.model.objects.filter(
            subscriber=OuterRef("pk"), issue__frozen_at__gt=self.frozen_at, issue__period_end__isnull=False
        )
        return subscribers.objects.active().filter(Exists(deliveries.filter(subscriber=OuterRef("pk"))), ~Exists(later))
