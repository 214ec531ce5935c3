from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from procurement_portal import mails
from procurement_portal.models.complement_request import ComplementRequest
from procurement_portal.models.link import Followable
from procurement_portal.models.refusals import NotUnderReview, NotWaitingForReview
from procurement_portal.models.states import State


class Reviewable(Followable):
    """What coordinators do before they decide."""

    class Meta:
        abstract = True

    def take_up(self, *, by: Any) -> None:
        """Begin the review; the applicant can no longer change it by themselves. Raises NotWaitingForReview.

        Whoever has been given the application stays its reviewer, also when a colleague begins.
        """
        with self.while_open():
            if self.state != State.SUBMITTED:
                raise NotWaitingForReview(
                    _("Somebody has already taken up the application. State: %(state)s.")
                    % {"state": self.get_state_display()}
                )
            self.state = State.UNDER_REVIEW
            self.reviewer = self.reviewer or by
            self.save(update_fields=["state", "reviewer"])
            self.record("taken_up", by=by)

    def request_complement(self, *, by: Any, messages: Mapping[str, str], note: str = "") -> ComplementRequest:
        """Ask the applicant to mend fields (`messages`: field name → sentence) and mail them. Raises NotUnderReview."""
        with self.while_open():
            self.require_under_review()
            request = ComplementRequest.objects.create(
                application_id=self.pk, messages=dict(messages), note=note, requested_by=by
            )
            self.state = State.COMPLEMENT_REQUESTED
            self.waiting_since = None
            self.save(update_fields=["state", "waiting_since"])
            # Without the words: the history outlives an application that is erased.
            self.record("complement_requested", by=by, fields=sorted(messages))
            mails.complement_requested(self, request)
        return request

    def add_note(self, *, by: Any, body: str) -> Any:
        """Write an internal note. Allowed in every state: what is learned later belongs here too."""
        with transaction.atomic():
            note = self.notes.create(author=by, body=body)  # type: ignore[attr-defined]
            self.record("noted", by=by)
        return note

    def require_under_review(self) -> None:
        if self.state != State.UNDER_REVIEW:
            raise NotUnderReview(
                _("The application is not under review. State: %(state)s.") % {"state": self.get_state_display()}
            )

    @property
    def waiting_days(self) -> int | None:
        """Whole days since a coordinator got the move; None when the move is the applicant's or nobody's."""
        return (timezone.now() - self.waiting_since).days if self.waiting_since else None
