from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from procurement_portal import mails
from procurement_portal.models.decision_letter import DecisionLetter
from procurement_portal.models.decision_template import DecisionTemplate
from procurement_portal.models.recommendation import Recommendable
from procurement_portal.models.refusals import PicturesNotReady
from procurement_portal.models.states import State
from procurement_portal.models.supplier import Supplier


class Decidable(Recommendable):
    """Yes or no, with a reason that the applicant reads and a letter that a coordinator has looked through.

    The reason stays with the application, not in its history, which outlives it.
    """

    class Meta:
        abstract = True

    def approve(
        self, *, by: Any, because: str, subject: str, letter: str, template: DecisionTemplate | None = None
    ) -> Supplier:
        """Say yes: the company is listed, its pictures are published, the letter is mailed.

        `template` is the wording that the letter began from, by default the one in use. Raises NotUnderReview,
        OwnRecommendation, AlreadyDecided, NotConfirmed or PicturesNotReady.
        """
        with self.while_open():
            self.require_under_review()
            self.require_other_eyes(by)
            if not self.pictures_are_ready():
                raise PicturesNotReady(
                    _(
                        "The pictures must be checked before the application can be approved. Try again in a minute, "
                        "or wait for the applicant to replace a picture that could not be used."
                    )
                )
            self.supplier = Supplier.list_from(self, by=by)
            self._decide(State.APPROVED, by=by, because=because)
            self.record("approved", by=by)
            self._send_letter(subject, letter, template)
        return self.supplier

    def reject(
        self, *, by: Any, because: str, subject: str, letter: str, template: DecisionTemplate | None = None
    ) -> None:
        """Say no. Raises NotUnderReview, OwnRecommendation, AlreadyDecided or NotConfirmed."""
        with self.while_open():
            self.require_under_review()
            self.require_other_eyes(by)
            self._decide(State.REJECTED, by=by, because=because)
            self.record("rejected", by=by)
            self._send_letter(subject, letter, template)

    def _decide(self, state: State, *, by: Any, because: str) -> None:
        if not because.strip():
            raise ValueError("A decision needs a reason")
        self.state, self.reason, self.decided_by, self.decided_at = state, because, by, timezone.now()
        self.waiting_since = None
        self.save(update_fields=["state", "reason", "decided_by", "decided_at", "waiting_since", "supplier"])

    def _send_letter(self, subject: str, letter: str, template: DecisionTemplate | None) -> None:
        template = template or DecisionTemplate.in_use(self.state, self.language)
        DecisionLetter.objects.create(application_id=self.pk, template=template.kept(), subject=subject, body=letter)
        mails.decided(self, subject=subject, letter=letter)
