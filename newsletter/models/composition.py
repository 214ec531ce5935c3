import datetime
import logging
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from newsletter.models.period import Period, default_period_start
from newsletter.models.schedule import Schedule
from workflow import DOUBLE_CLICK, IllegalTransition, in_turn, locked

logger = logging.getLogger(__name__)

Draft = Any  # An Issue, which has the fields.


class NoLongerDraft(IllegalTransition):
    pass


class Composable(models.Model):
    """How an issue comes to be: composed from what is new, then worked over by a coordinator."""

    class Meta:
        abstract = True

    @classmethod
    def compose_weekly(cls: Any, until: datetime.datetime, by: Any = None) -> Draft | None:
        """The weekly digest of everything new since the last one, up to the aware time `until`. See `compose`."""
        return cls.compose("weekly", until=until, by=by)

    @classmethod
    def compose(cls: Any, kind: str, *, until: datetime.datetime, by: Any = None) -> Draft | None:
        """The digest of a kind that covers `until`: made now, or the one that is already there.

        It holds what was published since the previous digest of the kind ended. Cancelled digests do not count, so
        what they held comes again. Returns None when nothing new has been published: empty digests are never made.
        """
        # In turn: of two who compose the first digest at once, the second finds the other's.
        with in_turn(f"newsletter.digest {kind}"):
            period = cls.next_period(kind, until=until)
            if period is None:
                composed = cls.objects.exclude(state="cancelled").filter(kind=kind, period_end__gte=until)
                return composed.earliest("period_end")
            return cls._compose(kind, period, by=by)

    @classmethod
    def _compose(cls: Any, kind: str, period: Period, *, by: Any) -> Draft | None:
        entries, revisions = period.news()
        if not entries and not revisions:
            return None
        issue = cls(kind=kind, period_start=period.start, period_end=period.end, created_by=by)
        with translation.override("sv"):
            issue.subject = issue.proposed_subject()
        with translation.override("en"):
            issue.subject_en = issue.proposed_subject()
        issue.save()
        issue.put_in(entries=entries, revisions=revisions)
        issue.record("composed", by=by)
        return issue

    @classmethod
    def begin_special(cls: Any, *, by: Any) -> Draft:
        """An empty issue for every active subscriber, whatever their rhythm. Two clicks begin one."""
        with in_turn("newsletter.special"):
            just_now = timezone.now() - DOUBLE_CLICK
            untouched = cls.objects.filter(kind="special", state="draft", created_by=by, items__isnull=True)
            if first := untouched.filter(created_at__gt=just_now).first():
                return first
            issue = cls(kind="special", created_by=by)
            with translation.override("sv"):
                issue.subject = issue.proposed_subject()
            with translation.override("en"):
                issue.subject_en = issue.proposed_subject()
            issue.save()
            issue.record("composed", by=by)
        return issue

    @classmethod
    def compose_and_follow_schedule(cls: Any, kind: str, *, until: datetime.datetime) -> None:
        """What the clock does: compose, and order the sending when the coordinators have said that it shall."""
        issue = cls.compose(kind, until=until)
        if issue is None or issue.state != "draft" or not Schedule.is_automatic(kind):
            return
        try:
            issue.send(by=None)
        except IllegalTransition as refusal:
            logger.info("Issue %s stays a draft: %s", issue.pk, refusal)

    @classmethod
    def next_period(cls: Any, kind: str, *, until: datetime.datetime) -> "Period | None":
        """What a new digest of the kind would cover; None when one that reaches `until` exists."""
        ends = cls.objects.exclude(state="cancelled").filter(kind=kind)
        latest = ends.aggregate(latest=models.Max("period_end"))["latest"]
        start = latest or default_period_start(kind, until)
        return Period(start, until) if start < until else None

    def proposed_subject(self: Draft) -> str:
        """A subject a coordinator can send as it is; in the language that is active."""
        if self.kind == "weekly":
            # The week that is told about: on a Monday morning it is the one that has just ended.
            told = timezone.localtime(self.period_end) - datetime.timedelta(days=1)
            return _("The innovation lab’s diary, week %(week)d") % {"week": told.isocalendar().week}
        return _("New in the innovation lab’s diary")

    def put_in(self: Draft, *, entries: Iterable[Any] = (), revisions: Iterable[Any] = ()) -> None:
        """Add items at the end, methods before entries; what is in already stays where it is."""
        last = self.items.aggregate(last=models.Max("position"))["last"] or 0
        item = self.items.model
        new = [item(issue=self, revision=revision) for revision in revisions]
        new += [item(issue=self, entry=entry) for entry in entries]
        for position, one in enumerate(new, start=last + 1):
            one.position = position
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
            before = list(self.items.values_list("pk", flat=True))
            wanted = [pk for pk in dict.fromkeys(item_ids) if pk in set(before)]
            order = wanted + [pk for pk in before if pk not in set(wanted)]
            if order != before:
                for position, pk in enumerate(order, start=1):
                    self.items.filter(pk=pk).update(position=position)
                self.record("changed", by=by, order=order)
