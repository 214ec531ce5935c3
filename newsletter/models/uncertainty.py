from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow import IllegalTransition, locked

Sent = Any  # An Issue, which has the fields.


class NothingUncertain(IllegalTransition):
    pass


class NumberChanged(IllegalTransition):
    """There are not as many as the person said yes to; `count` is how many there are now."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            _("The number of uncertain recipients has changed and is now %(count)d. Look once more and decide.")
            % {"count": count}
        )


class SendingIsOver(IllegalTransition):
    pass


class Uncertain(models.Model):
    """What a person decides about deliveries of which nobody knows whether they arrived. They are never sent again by
    themselves: a reader who gets an issue twice is as bad as one who never does."""

    class Meta:
        abstract = True

    def close_uncertain(
        self: Sent, *, by: Any, only: Collection[int] | None = None, expected: int | None = None
    ) -> int:
        """Leave uncertain deliveries at that, all or those with the ids `only`; returns how many.

        They stay uncertain in the books, and wait for nobody any more. `expected` is the number the person said yes
        to. Raises NothingUncertain and NumberChanged.
        """
        with locked(self):
            closed = self._uncertain(only).update(closed_at=timezone.now(), closed_by=by)
            self._check_number(closed, expected)
            self.record("uncertain_closed", by=by, number=closed)
        return closed

    def send_uncertain_again(
        self: Sent, *, by: Any, only: Collection[int] | None = None, expected: int | None = None
    ) -> int:
        """Put uncertain deliveries back into the queue, all or those with the ids `only`; returns how many.

        Who has got the mail after all gets it twice, with the same Message-ID. `expected` is the number the person
        said yes to. Raises NothingUncertain and NumberChanged, and SendingIsOver when the issue was cancelled.
        """
        with locked(self):
            self.check_not_over()
            again = self.put_back(self._uncertain(only))
            self._check_number(again, expected)
            self.go_on("uncertain_sent_again", by=by, number=again)
        return again

    def check_not_over(self: Sent) -> None:
        """Raises SendingIsOver when the issue was cancelled."""
        if self.state == self.State.CANCELLED:
            raise SendingIsOver(_("The issue is cancelled, so nothing more of it is sent."))

    def put_back(self: Sent, deliveries: Any, **fields: Any) -> int:
        """Have these deliveries wait again; returns how many. The caller holds the issue and sees to the number."""
        now = timezone.now()
        return int(deliveries.update(state="pending", not_before=now, changed_at=now, smtp_reply="", **fields))

    def go_on(self: Sent, verb: str, *, by: Any, number: int) -> None:
        """Have what was put back sent, also when the books were closed. The caller holds the issue."""
        if self.state == self.State.SENT:
            self.state = self.State.SENDING
            self.save(update_fields=["state"])
        self.record(verb, by=by, number=number)
        self.kick()

    def _uncertain(self: Sent, only: Collection[int] | None) -> Any:
        uncertain = self.deliveries.uncertain()
        return uncertain if only is None else uncertain.filter(pk__in=only)

    @staticmethod
    def _check_number(number: int, expected: int | None) -> None:
        """After the rows are changed, which is when their number is certain; refusing takes the change back."""
        if not number:
            raise NothingUncertain(_("None of these deliveries is uncertain any more; somebody may have been faster."))
        if expected is not None and number != expected:
            raise NumberChanged(number)
