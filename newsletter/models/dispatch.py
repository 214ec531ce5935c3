import datetime
from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow import IllegalTransition, locked

Sendable = Any  # An Issue, which has the fields.

# One more worker is called for each so many readers, up to the most; those that are not there do not answer.
READERS_PER_WORKER = 1_000
MOST_WORKERS = 16


class AlreadySent(IllegalTransition):
    pass


class NothingToSend(IllegalTransition):
    pass


class AudienceChanged(IllegalTransition):
    """The number of recipients is not the one that was confirmed."""

    def __init__(self, count: int) -> None:
        super().__init__(
            _("The number of recipients has changed and is now %(count)d. Look once more and confirm.")
            % {"count": count}
        )


class SendTimeHasPassed(IllegalTransition):
    pass


class NotScheduled(IllegalTransition):
    pass


class Dispatchable(models.Model):
    """The way of an issue from draft to sent. Verbs only order; the sending itself is done by the workers."""

    # Columns of the issue, which has the fields.
    send_at: Any
    sent_at: Any

    class Meta:
        abstract = True

    def audience_count(self: Sendable) -> int:
        """How many would get the issue now; once it is frozen, how many were written down."""
        from newsletter.audience import Audience

        return self.audience_size if self.audience_size is not None else Audience(self).count()

    def send_test(self: Sendable, items: Sequence[Any], *, language: str, by: Any) -> None:
        """Mail the issue with these items to `by`, as readers of `language` get it who get these."""
        from newsletter import mails

        with transaction.atomic():
            mails.test_issue(self, items, to=by.email, language=language)
            self.record("tested", by=by, language=language)

    def send(self: Sendable, *, by: Any, audience: int | None = None) -> None:
        """Order the issue sent now. `audience` is the number of recipients the person confirmed; None for the clock.

        Raises AlreadySent, NothingToSend, AudienceChanged.
        """
        with locked(self):
            self.check_unsent()
            self._check_audience(audience)
            self.state = self.State.FREEZING
            self.save(update_fields=["state"])
            self.record("sending_ordered", by=by, audience=audience)
            self.kick()

    def schedule(self: Sendable, at: datetime.datetime, *, by: Any, audience: int | None = None) -> None:
        """Order the issue sent at an aware time in the future; a new time replaces the old one.

        Raises AlreadySent, NothingToSend, AudienceChanged, SendTimeHasPassed.
        """
        with locked(self):
            self.check_unsent()
            if at <= timezone.now():
                raise SendTimeHasPassed(_("That time has already passed. Choose a later one, or send now."))
            self._check_audience(audience)
            self.state = self.State.SCHEDULED
            self.send_at = at
            self.save(update_fields=["state", "send_at"])
            self.record("scheduled", by=by, at=at, audience=audience)

    def unschedule(self: Sendable, *, by: Any) -> None:
        """Take back the set time, so that the issue can be changed. Raises NotScheduled."""
        with locked(self):
            if self.state != self.State.SCHEDULED:
                raise NotScheduled(_("The issue has no set time to take back."))
            self.state = self.State.DRAFT
            self.send_at = None
            self.save(update_fields=["state", "send_at"])
            self.record("unscheduled", by=by)

    def hold_back(self: Sendable, because: str) -> None:
        """The clock could not send a scheduled issue: it becomes a draft again, with the reason on record."""
        with locked(self):
            if self.state == self.State.SCHEDULED:
                self._back_to_draft("held_back", because)

    def pull_back(self: Sendable, because: str) -> None:
        """What a scheduled issue tells has grown: it becomes a draft again, to be looked through and set anew."""
        with locked(self):
            if self.state == self.State.SCHEDULED:
                self._back_to_draft("pulled_back", because)

    def unfreeze(self: Sendable, because: str) -> None:
        """The issue could not be prepared: back to draft before a single mail went out, with the reason on record."""
        with locked(self):
            if self.state == self.State.FREEZING:
                # Mails that were written out already may be about to change.
                self.variants.all().delete()
                self._back_to_draft("unfrozen", because)

    def finish(self: Sendable) -> bool:
        """Close the books when every delivery is accounted for; returns whether the issue is sent now.

        They may have been closed too early: a worker that was taken for dead comes back with a mail that the server did
        not take, or gives one back at the very moment the issue is cancelled.
        """
        with locked(self):
            if self.state == self.State.SENDING and not self.deliveries.open().exists():
                self.state = self.State.SENT
                self.sent_at = self.sent_at or timezone.now()
                self.trouble = ""
                self.save(update_fields=["state", "sent_at", "trouble"])
                self.record("sent", **self.deliveries.counts())
                self.settle()
            elif self.state == self.State.SENT and self.deliveries.waiting().exists():
                self.state = self.State.SENDING
                self.save(update_fields=["state"])
                self.record("reopened")
                self.kick()
            elif self.state == self.State.CANCELLED:
                # What was in the workers' hands when it was cancelled has come to its end by now. Readers before their
                # deliveries, as whoever erases a reader takes them.
                self.settle()
                self.deliveries.waiting().update(state="skipped", changed_at=timezone.now())
            return self.state == self.State.SENT

    def kick(self: Sendable) -> None:
        """Have workers go on with the issue once the transaction is through. Kicking too often does no harm."""
        from newsletter.tasks import enqueue_drain

        transaction.on_commit(lambda: enqueue_drain(self.pk, self._most_workers()))

    def keep_going(self: Sendable, *, with_helpers: bool) -> None:
        """What the clock does every minute for an issue under way: call a worker when nobody is at it, and with
        `with_helpers` all that may take part, as they may have come since."""
        from newsletter import calls
        from newsletter.tasks import enqueue_drain

        if with_helpers:
            enqueue_drain(self.pk, self._most_workers(), patient=False)
        elif not calls.somebody_is_at(self.pk):
            enqueue_drain(self.pk, patient=False)

    def _most_workers(self: Sendable) -> int:
        return min(1 + (self.audience_size or 0) // READERS_PER_WORKER, MOST_WORKERS)

    def _back_to_draft(self: Sendable, verb: str, because: str) -> None:
        self.state = self.State.DRAFT
        self.send_at = None
        self.save(update_fields=["state", "send_at"])
        self.record(verb, because=because)

    def check_unsent(self: Sendable) -> None:
        """Raises AlreadySent."""
        if self.state not in {self.State.DRAFT, self.State.SCHEDULED}:
            raise AlreadySent(_("The issue has already been sent or cancelled; somebody may have been faster."))

    def _check_audience(self: Sendable, confirmed: int | None) -> None:
        if not self.items.exists():
            raise NothingToSend(_("The issue is empty. Put something in it first."))
        now = self.audience_count()
        if now == 0:
            raise NothingToSend(_("Nobody would get this issue: no subscriber’s choices match what is in it."))
        if confirmed is not None and confirmed != now:
            raise AudienceChanged(now)
