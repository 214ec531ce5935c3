from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from procurement_portal import mails
from procurement_portal.models.refusals import PicturesNotReady
from procurement_portal.models.review import Reviewable
from procurement_portal.models.states import State
from procurement_portal.models.supplier import Supplier


class Decidable(Reviewable):
    """Yes or no, with a reason that the applicant reads and a letter that a coordinator has looked through."""

    class Meta:
        abstract = True

    def approve(self, *, by: Any, because: str, subject: str, letter: str) -> Supplier:
        """Say yes: the company is listed, its pictures are published, the letter is mailed.

        Raises NotUnderReview, AlreadyDecided, NotConfirmed or PicturesNotReady.
        """
        with self.while_open():
            self.require_under_review()
            if not self.pictures_are_ready():
                raise PicturesNotReady(
                    _(
                        "The pictures must be checked before the application can be approved. Try again in a minute, "
                        "or wait for the applicant to replace a picture that could not be used."
                    )
                )
            self.supplier = Supplier.list_from(self, by=by)
            self._decide(State.APPROVED, by=by, because=because)
            self.record("approved", by=by, because=because)
            mails.decided(self, subject=subject, letter=letter)
        return self.supplier

    def reject(self, *, by: Any, because: str, subject: str, letter: str) -> None:
        """Say no. Raises NotUnderReview, AlreadyDecided or NotConfirmed."""
        with self.while_open():
            self.require_under_review()
            self._decide(State.REJECTED, by=by, because=because)
            self.record("rejected", by=by, because=because)
            mails.decided(self, subject=subject, letter=letter)

    def _decide(self, state: State, *, by: Any, because: str) -> None:
        if not because.strip():
            raise ValueError("A decision needs a reason")
        self.state, self.reason, self.decided_by, self.decided_at = state, because, by, timezone.now()
        self.waiting_since = None
        self.save(update_fields=["state", "reason", "decided_by", "decided_at", "waiting_since", "supplier"])
