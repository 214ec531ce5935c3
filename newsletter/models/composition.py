import datetime
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from newsletter.models.period import FURTHEST_BACK, SETTLING, Period, default_period_start
from workflow import DOUBLE_CLICK, IllegalTransition, in_turn, locked

Draft = Any  # An Issue, which has the fields.


class NoLongerDraft(IllegalTransition):
    pass


class NothingNew(Exception):
    """There is nothing to tell anybody, so there shall be no issue."""


class Composable(models.Model):
    """How an issue comes to be: composed from what is new, then worked over by a coordinator."""

    class Meta:
        abstract = True

    @classmethod
    def compose_weekly(cls: Any, until: datetime.datetime, by: Any = None) -> Draft | None:
        """The weekly digest of everything new since the last one, up to the aware time `until`. See `compose`."""
        return cls.compose("weekly", until=until, by=by)

    @classmethod
    def compose(
        cls: Any, kind: str, *, until: datetime.datetime, by: Any = None, now: datetime.datetime | None = None
    ) -> Draft | None:
        """The digest of a kind that covers `until`: made now, or the one that is already there. `now` is the clock's.

        It holds what was published since the previous digest of the kind ended, and what readers who have been away
        missed before. Cancelled digests do not count, so what they held comes again, also when a later one has gone
        out meanwhile. It leaves the last minute to those just publishing. Returns None when there is nothing to tell:
        empty digests are never made.
        """
        until = min(until, (now or timezone.now()) - SETTLING)
        # In turn: of two who compose the first digest at once, the second finds the other's.
        with in_turn(f"newsletter.digest {kind}"):
            period = cls.next_period(kind, until=until)
            if period is None:
                composed = cls.objects.exclude(state="cancelled").filter(kind=kind, period_end__gte=until)
                return composed.earliest("period_end")
            return cls._compose(kind, period, by=by)

    @classmethod
    def _compose(cls: Any, kind: str, period: Period, *, by: Any) -> Draft | None:
        missed = cls.missed_period(kind, period)
        entries, revisions = period.news()
        earlier_entries, earlier_revisions = missed.news() if missed else ([], [])
        issue = cls(kind=kind, period_start=period.start, period_end=period.end, created_by=by)
        issue.reaches_back_to = missed.start if missed else None
        try:
            with transaction.atomic():
                issue.begin()
                issue.record("composed", by=by)
                issue.put_in(entries=entries, revisions=revisions, as_news=True)
                issue.take_over_cancelled()
                issue.put_in(entries=earlier_entries, revisions=earlier_revisions, as_news=True)
                issue.leave_out_unwanted()
                if not issue.items.exists():
                    raise NothingNew
        except NothingNew:
            return None
        return issue

    @classmethod
    def missed_period(cls: Any, kind: str, period: Period) -> Period | None:
        """What readers of the rhythm who have been away have missed, up to where `period` begins; at most 100 days."""
        from newsletter.models.subscriber import Subscriber

        away = Subscriber.objects.receiving(timezone.now()).filter(frequency=kind, news_from__lt=period.start)
        oldest = away.aggregate(oldest=models.Min("news_from"))["oldest"]
        start = max(oldest, period.end - FURTHEST_BACK) if oldest else period.start
        return Period(start, period.start) if start < period.start else None

    def begin(self: Draft) -> None:
        """Save a new issue with the subject it could go out with."""
        with translation.override("sv"):
            self.subject = self.proposed_subject()
        with translation.override("en"):
            self.subject_en = self.proposed_subject()
        self.save()

    def leave_out_unwanted(self: Draft) -> None:
        """Of what is in the issue for readers who have been away only, keep what any of them would get."""
        from newsletter.audience import Audience

        if self.items.catching_up().exists():
            wanted = {pk for items, _language, _count in Audience(self).variants() for pk in items}
            self.items.catching_up().exclude(pk__in=wanted).delete()

    @classmethod
    def begin_special(cls: Any, *, by: Any) -> Draft:
        """An empty issue for every active subscriber, whatever their rhythm. Two clicks begin one."""
        with in_turn("newsletter.special"):
            just_now = timezone.now() - DOUBLE_CLICK
            untouched = cls.objects.filter(kind="special", state="draft", created_by=by, items__isnull=True)
            if first := untouched.filter(created_at__gt=just_now).first():
                return first
            issue = cls(kind="special", created_by=by)
            issue.begin()
            issue.record("composed", by=by)
        return issue

    @classmethod
    def next_period(cls: Any, kind: str, *, until: datetime.datetime) -> "Period | None":
        """What a new digest of the kind would cover; None when one that reaches `until` exists."""
        digests = cls.objects.filter(kind=kind)
        latest = digests.exclude(state="cancelled").aggregate(latest=models.Max("period_end"))["latest"]
        start = latest or default_period_start(kind, until)
        if latest is None and (cancelled := digests.aggregate(first=models.Min("period_start"))["first"]):
            start = max(min(start, cancelled), until - FURTHEST_BACK)
        return Period(start, until) if start < until else None

    def proposed_subject(self: Draft) -> str:
        """A subject a coordinator can send as it is; in the language that is active."""
        if self.kind == "weekly":
            # The week that is told about: on a Monday morning it is the one that has just ended.
            told = timezone.localtime(self.period_end) - datetime.timedelta(days=1)
            return _("The innovation lab’s diary, week %(week)d") % {"week": told.isocalendar().week}
        return _("New in the innovation lab’s diary")

    def put_in(
        self: Draft, *, entries: Iterable[Any] = (), revisions: Iterable[Any] = (), as_news: bool = False
    ) -> None:
        """Add items at the end, methods before entries; what is in already stays where it is.

        `as_news` leaves out, for each reader, what was published before their digest begins.
        """
        last = self.items.aggregate(last=models.Max("position"))["last"] or 0
        item = self.items.model
        new = [item(issue=self, revision=revision) for revision in revisions]
        new += [item(issue=self, entry=entry) for entry in entries]
        for position, one in enumerate(new, start=last + 1):
            one.position = position
            one.news_at = (one.revision or one.entry).published_at if as_news else None
        self.items.bulk_create(new, ignore_conflicts=True)

    def check_editable(self: Draft) -> None:
        """Raises NoLongerDraft when the content may not change any more."""
        if not self.is_editable:
            raise NoLongerDraft(_("The issue is no longer a draft. Take back the set time first, if it has one."))

    def add(self: Draft, *entries: Any, revisions: Iterable[Any] = (), by: Any) -> int:
        """Put diary entries and method reports at the end; returns how many were not in yet. Raises NoLongerDraft."""
        with locked(self):
            self.check_editable()
            before = self.items.count()
            self.put_in(entries=entries, revisions=revisions)
            added = self.items.count() - before
            if added:
                self.record("changed", by=by, added=added)
        return int(added)

    def take_out(self: Draft, item_id: int, *, by: Any) -> bool:
        """Take an item out; whether it was still there. Raises NoLongerDraft."""
        with locked(self):
            self.check_editable()
            gone, _of_each = self.items.filter(pk=item_id).delete()
            if gone:
                self.record("changed", by=by, taken_out=item_id)
        return bool(gone)

    def arrange(self: Draft, item_ids: Iterable[int], *, by: Any) -> None:
        """Put the items with these ids first, in this order. Raises NoLongerDraft.

        Nothing is lost when two arrange at once: what somebody else has put in meanwhile stays, behind them; ids of
        what somebody else has taken out are passed over.
        """
        with locked(self):
            self.check_editable()
            before = self._order()
            wanted = [pk for pk in dict.fromkeys(item_ids) if pk in set(before)]
            self._put_in_order(before, wanted + [pk for pk in before if pk not in set(wanted)], by=by)

    def move(self: Draft, item_id: int, steps: int, *, by: Any) -> None:
        """Move an item down by so many steps, up by negative ones, no further than to an end. Raises NoLongerDraft.

        An item that somebody else has taken out meanwhile is passed over.
        """
        with locked(self):
            self.check_editable()
            before = self._order()
            if item_id in before:
                rest = [pk for pk in before if pk != item_id]
                rest.insert(max(before.index(item_id) + steps, 0), item_id)
                self._put_in_order(before, rest, by=by)

    def _order(self: Draft) -> list[int]:
        return list(self.items.values_list("pk", flat=True))

    def _put_in_order(self: Draft, before: list[int], order: list[int], *, by: Any) -> None:
        if order != before:
            items = self.items.in_bulk(order)
            for position, pk in enumerate(order, start=1):
                items[pk].position = position
            self.items.bulk_update(items.values(), ["position"])
            self.record("changed", by=by, order=order)
