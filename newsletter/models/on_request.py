from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow import IllegalTransition, locked

Reader = Any  # A Subscriber, which has the fields.


class NotBlocked(IllegalTransition):
    pass


class ComplaintStands(IllegalTransition):
    pass


class AlreadyGone(IllegalTransition):
    pass


class AskingCoordinators(models.Model):
    """What a coordinator does for a subscriber who has asked for it by phone, letter or mail. Erasing is `erase(by=…)`.

    A complaint is not among it: whoever reported us as spam comes back only by signing up and pressing the button in
    the letter (`SignUp`), so that nobody else can say that they want our mail again.
    """

    # Columns of the subscriber, which has the fields.
    left_at: Any
    block_lifted_at: Any

    class Meta:
        abstract = True

    def leave_on_request(self: Reader, *, by: Any, because: str) -> None:
        """Stop all mail. Raises AlreadyGone when none is sent anyway."""
        with locked(self):
            if self.state not in {self.State.PENDING, self.State.ACTIVE}:
                raise AlreadyGone(_("This address already gets no newsletter; somebody may have been faster."))
            because = self.without_address(because)
            self._stop(self.State.UNSUBSCRIBED, because)
            self.record("left_on_request", by=by, because=because)

    def lift_block(self: Reader, *, by: Any, because: str) -> None:
        """The address takes mail again: go on sending. Somebody who had not confirmed has that left to do.

        What came back before says nothing about the address any more, also when we hear of it later. Raises
        ComplaintStands, NotBlocked.
        """
        with locked(self):
            if self.state == self.State.COMPLAINED:
                raise ComplaintStands(
                    _("Whoever reported our mail as spam comes back only by signing up and confirming it themselves.")
                )
            if self.state != self.State.BOUNCED:
                raise NotBlocked(_("This address is not blocked; somebody may have been faster."))
            because = self.without_address(because)
            self.state = self.State.ACTIVE if self.confirmed_at else self.State.PENDING
            self.left_at, self.left_because = None, ""
            self.block_lifted_at = timezone.now()
            self.save(update_fields=["state", "left_at", "left_because", "block_lifted_at"])
            self.record("reached_again", by=by, because=because)
