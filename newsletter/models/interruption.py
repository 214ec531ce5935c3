from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from newsletter.mail_reply import told
from workflow import IllegalTransition, locked

Sending = Any  # An Issue, which has the fields.


class NotSending(IllegalTransition):
    pass


class NotPaused(IllegalTransition):
    pass


class TooLateToCancel(IllegalTransition):
    pass


class Interruptible(models.Model):
    """How the sending of an issue is stopped, for a while or for good.

    Each verb first of all changes the issue. Workers ask for its state in the statement that begins each mail, so that
    none is begun once that is committed; what is already being handed over is finished.
    """

    # A column of the issue, which has the fields.
    send_at: Any

    class Meta:
        abstract = True

    def pause(self: Sending, *, by: Any) -> None:
        """Stop for a while: what waits goes on waiting. Raises NotSending."""
        with locked(self):
            self._check_sending()
            self._pause()
            self.record("paused", by=by)

    def halt(self: Sending, words: str) -> bool:
        """The mail server takes nothing: trying again is no use until that is mended. `words` are its own.

        Returns whether this call paused the issue: several workers may find out at the same time.
        """
        with locked(self):
            if self.state != self.State.SENDING:
                return False
            self.trouble = words[:300]
            self._pause()
            self.record("halted", because=told(words[:300]))
        return True

    def resume(self: Sending, *, by: Any) -> None:
        """Go on where it was paused. Raises NotPaused."""
        with locked(self):
            if self.state != self.State.PAUSED:
                raise NotPaused(_("The issue is not paused; somebody may have been faster."))
            self.state = self.State.SENDING
            self.trouble = ""
            self.save(update_fields=["state", "trouble"])
            self.record("resumed", by=by)
            self.kick()

    def cancel(self: Sending, *, by: Any, because: str = "") -> None:
        """Stop the issue: nobody who has not got it yet will. Raises TooLateToCancel when it is sent or cancelled."""
        with locked(self):
            if self.state in {self.State.SENT, self.State.CANCELLED}:
                raise TooLateToCancel(_("The issue has already been sent or cancelled."))
            self.state = self.State.CANCELLED
            self.send_at = None
            self.save(update_fields=["state", "send_at"])
            self.record("cancelled", by=by, because=because, skipped=self.deliveries.waiting().count())
            self.hand_on()
        # Only now, for it takes its time with many readers: mails would be begun all the while.
        self.finish()

    def _pause(self: Sending) -> None:
        self.state = self.State.PAUSED
        self.save(update_fields=["state", "trouble"])

    def _check_sending(self: Sending) -> None:
        if self.state != self.State.SENDING:
            raise NotSending(_("The issue is not being sent just now."))
