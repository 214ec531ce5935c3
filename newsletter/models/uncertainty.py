from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow import IllegalTransition, locked

Sent = Any  # An Issue, which has the fields.


class NothingUncertain(IllegalTransition):
    pass


class SendingIsOver(IllegalTransition):
    pass


class Uncertain(models.Model):
    """What a person decides about deliveries of which nobody knows whether they arrived. They are never sent again by
    themselves: a reader who gets an issue twice is as bad as one who never does."""

    class Meta:
        abstract = True

    def close_uncertain(self: Sent, *, by: Any, only: Collection[int] | None = None) -> int:
        """Leave uncertain deliveries at that, all or those with the ids `only`; returns how many.

        They stay uncertain in the books, and wait for nobody any more. Raises NothingUncertain.
        """
        with locked(self):
            closed = self._uncertain(only).update(closed_at=timezone.now(), closed_by=by)
            self._check_any(closed)
            self.record("uncertain_closed", by=by, number=closed)
        return closed

    def send_uncertain_again(self: Sent, *, by: Any, only: Collection[int] | None = None) -> int:
        """Put uncertain deliveries back into the queue, all or those with the ids `only`; returns how many.

        Who has got the mail after all gets it twice, with the same Message-ID. Raises NothingUncertain, and
        SendingIsOver when the issue was cancelled.
        """
        with locked(self):
            if self.state == self.State.CANCELLED:
                raise SendingIsOver(_("The issue is cancelled, so nothing more of it is sent."))
            now = timezone.now()
            again = self._uncertain(only).update(state="pending", not_before=now, changed_at=now, smtp_reply="")
            self._check_any(again)
            if self.state == self.State.SENT:
                self.state = self.State.SENDING
                self.save(update_fields=["state"])
            self.record("uncertain_sent_again", by=by, number=again)
            self.kick()
        return again

    def _uncertain(self: Sent, only: Collection[int] | None) -> Any:
        uncertain = self.deliveries.uncertain()
        return uncertain if only is None else uncertain.filter(pk__in=only)

    @staticmethod
    def _check_any(number: int) -> None:
        if not number:
            raise NothingUncertain(_("None of these deliveries is uncertain any more; somebody may have been faster."))
