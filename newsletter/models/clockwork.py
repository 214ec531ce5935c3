import datetime
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import ngettext

from newsletter.models.period import SETTLING, latest_first_of_month, latest_monday_morning
from newsletter.models.schedule import Schedule
from workflow import IllegalTransition, in_turn, locked

logger = logging.getLogger(__name__)

Timed = Any  # An Issue, which has the fields.


@contextmanager
def unhindered(what: str) -> Iterator[None]:
    """One thing of many that the clock sees to: whatever goes wrong with it goes to the log, and the next has its turn.

    `what` says what could not be done.
    """
    try:
        yield
    except Exception:
        logger.exception("The clock could not %s", what)


class ForNobody(Exception):
    """What the clock has composed would reach no reader: it is as if it had never been made."""


class Clockwork(models.Model):
    """What happens by itself at its time. Every step may be asked for as often as one likes, by any clock."""

    # Columns of the issue, which has the fields.
    send_at: Any
    period_end: Any

    class Meta:
        abstract = True

    @classmethod
    def compose_due(cls: Any, now: datetime.datetime) -> None:
        """Compose the digests whose time has come. What one missed beat left undone the next one does."""
        settled = now - SETTLING
        moments = {"weekly": latest_monday_morning(settled), "monthly": latest_first_of_month(settled)}
        if Schedule.is_automatic("each"):
            moments["each"] = settled
        for kind, moment in moments.items():
            # The other rhythms have readers too.
            with unhindered(f"compose the {kind} digest"):
                cls.compose_by_clock(kind, until=moment, now=now)

    @classmethod
    def compose_by_clock(cls: Any, kind: str, *, until: datetime.datetime, now: datetime.datetime) -> None:
        """Compose a digest unless there is one, and order its sending when the coordinators have said that it shall.

        Composed late it is left to them to say whether it is still to be sent, and so is what a person has composed.
        """
        with in_turn(f"newsletter.digest {kind}"):
            if cls._is_seen_to(kind, until, now):
                return
            try:
                with transaction.atomic():
                    issue = cls.compose(kind, until=until, now=now)
                    if issue is None or not issue.audience_count():
                        raise ForNobody
                    issue.follow_schedule(now)
            except ForNobody:
                return

    @classmethod
    def _is_seen_to(cls: Any, kind: str, until: datetime.datetime, now: datetime.datetime) -> bool:
        """Whether a digest reaches `until`, or nobody is there to read one.

        One that was cancelled counts: a person has decided. It does not when its period ends in this clock's future:
        then it was made by a clock that was wrong.
        """
        reaching = cls.objects.filter(kind=kind, period_end__gte=until)
        if reaching.exclude(state="cancelled", period_end__gt=now).exists():
            return True
        from newsletter.models.subscriber import Subscriber

        if not Subscriber.objects.receiving(now).filter(frequency=kind).exists():
            return True
        return kind == "each" and not cls._has_news_since_last(kind, until, now)

    @classmethod
    def _has_news_since_last(cls: Any, kind: str, until: datetime.datetime, now: datetime.datetime) -> bool:
        """Whether more is new than what a cancelled digest held: that comes again with the next, not by itself."""
        period = cls.next_period(kind, until=until)
        if period is None:
            return False
        cancelled = cls.objects.filter(kind=kind, state="cancelled", period_end__gt=period.start, period_end__lte=now)
        last = cancelled.aggregate(end=models.Max("period_end"))["end"]
        since = period if last is None else type(period)(last, until)
        return any(since.news()) or cls.missed_period(kind, period) is not None

    def follow_schedule(self: Timed, now: datetime.datetime) -> None:
        """Order the sending of what the clock has just composed in time, if its rhythm is sent by the clock."""
        if not Schedule.is_automatic(self.kind):
            return
        if self._is_late(now):
            self.record("composed_late")
            return
        self.send(by=None)

    @classmethod
    def send_due(cls: Any, now: datetime.datetime) -> None:
        """Order what is scheduled and whose time has come. What is long overdue asks instead of being sent."""
        for issue in cls.objects.due(now):
            with unhindered(f"send issue {issue.pk} at its time"):
                try:
                    issue.send_on_time(now)
                except IllegalTransition as refusal:
                    # Nobody is left to get it, or a coordinator was faster.
                    issue.hold_back(because=str(refusal))

    def send_on_time(self: Timed, now: datetime.datetime) -> None:
        """Order the sending if the set time has come and not gone by too long ago. Raises what `send` raises."""
        with locked(self):
            if self.state != self.State.SCHEDULED or self.send_at > now:
                return
            hours = settings.NEWSLETTER_OVERDUE_HOURS
            if now - self.send_at > datetime.timedelta(hours=hours):
                self.hold_back(
                    because=ngettext(
                        "The set time passed more than %(hours)d hour before it could be sent. Is it still to go out?",
                        "The set time passed more than %(hours)d hours before it could be sent. Is it still to go out?",
                        hours,
                    )
                    % {"hours": hours}
                )
                return
            self.send(by=None)

    def _is_late(self: Timed, now: datetime.datetime) -> bool:
        due = self.period_end
        if self.kind == self.Kind.EACH:
            due = self.items.own().aggregate(newest=models.Max("news_at"))["newest"] or now
        return now - due > datetime.timedelta(hours=settings.NEWSLETTER_LATE_HOURS)
