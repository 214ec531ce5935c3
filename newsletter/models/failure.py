from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from workflow import IllegalTransition, locked

Sent = Any  # An Issue, which has the fields.


class NothingFailed(IllegalTransition):
    pass


class FailedChanged(IllegalTransition):
    """There are not as many as the person said yes to; `count` is how many there are now."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            _("The number of failed recipients has changed and is now %(count)d. Look once more and decide.")
            % {"count": count}
        )


class Failing(models.Model):
    """What a person can do about deliveries that the mail server refused, once it has been told better.

    The readers of a digest need nothing: the next one tells them the same again (see `settlement.py`).
    """

    # A column of the issue, which has the fields.
    period_end: Any

    class Meta:
        abstract = True

    @property
    def can_send_failed_again(self: Sent) -> bool:
        return self.period_end is None and self.state != self.State.CANCELLED

    def send_failed_again(self: Sent, *, by: Any, expected: int) -> int:
        """Put the failed deliveries whose readers are still there back into the queue; returns how many.

        `expected` is the number the person said yes to. Raises FailedChanged, NothingFailed for none and for a digest,
        and SendingIsOver when the issue was cancelled.
        """
        with locked(self):
            self.check_not_over()
            again = self.put_back(self.can_be_sent_again(), attempt=0)
            if not again:
                raise NothingFailed(_("There is nobody to send to again."))
            if again != expected:
                raise FailedChanged(again)
            self.go_on("failed_sent_again", by=by, number=again)
        return again

    def can_be_sent_again(self: Sent) -> Any:
        """The failed deliveries that `send_failed_again` is about."""
        return self.deliveries.failed_to_readers() if self.can_send_failed_again else self.deliveries.none()
