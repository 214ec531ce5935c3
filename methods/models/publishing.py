from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from methods.exceptions import FourEyes, NotACoordinator, NotInThisState, NotYetWritten, ReasonNeeded
from methods.models.review import Review, ReviewComment
from methods.signals import revision_published, revision_withdrawn
from workflow import locked

Draft = Any  # A Revision; see methods.models.writing.


class Publishable(models.Model):
    """How a revision gets to the public: sent in, reviewed by somebody else, published, replaced or withdrawn."""

    # Columns of the revision, which has the fields.
    submitted_at: Any
    published_at: Any
    withdrawn_at: Any

    class Meta:
        abstract = True

    def submit(self: Draft, *, by: Any) -> None:
        """Send the revision in for review. Raises NotYetWritten, with the list, when something is missing."""
        with locked(self):
            self._require(self.State.DRAFT, self.State.CHANGES_REQUESTED)
            self._require_complete()
            self.state = self.State.SUBMITTED
            self.submitted_by, self.submitted_at = by, timezone.now()
            self.save()
            self.record("submitted", by=by)

    def take_back(self: Draft, *, by: Any) -> None:
        """Go on writing a revision that waits for review."""
        with locked(self):
            self._require(self.State.SUBMITTED)
            self.state = self.State.DRAFT
            self.save()
            self.record("taken_back", by=by)

    def request_changes(self: Draft, *, by: Any, comments: Mapping[str, str]) -> Review:
        """Send the revision back to be written further. `comments` maps section keys, or "" for the whole, to text.

        Raises ReasonNeeded when no comment says what to change.
        """
        from methods import mails

        texts = {key: text.strip() for key, text in comments.items() if text.strip()}
        with locked(self):
            self._require_coordinator(by)
            self._require(self.State.SUBMITTED)
            if not texts:
                raise ReasonNeeded(_("Write at least one comment that says what has to change."))
            self.state = self.State.CHANGES_REQUESTED
            self.save()
            review = self._review(Review.Verdict.CHANGES, by, texts)
            self.record("changes_requested", by=by, review=review.pk)
            mails.changes_requested(self, review)
        return review

    def publish(
        self: Draft,
        *,
        by: Any,
        level: int | None = None,
        rationale: str = "",
        comments: Mapping[str, str] | None = None,
    ) -> None:
        """Make the revision what the public reads; the one before it stays readable as an older version.

        `level` (1–5) and `rationale` sign the evidence. They can be left out when the method already has evidence,
        which then stands as it was signed. Raises FourEyes, NotACoordinator, ReasonNeeded, NotYetWritten when a
        measurement under a claim is no longer verified, and NotInThisState when somebody was quicker.
        """
        from methods import mails

        with locked(self.method), locked(self):
            self._require_coordinator(by)
            self._require(self.State.SUBMITTED)
            if self.written_by(by):
                raise FourEyes()
            self._require_complete()
            before = self.method.revisions.published().first()
            if before:
                before.state = self.State.SUPERSEDED
                before.save(update_fields=["state", "updated_at"])
                before.record("superseded", by=by)
            self.state = self.State.PUBLISHED
            self.published_by, self.published_at = by, timezone.now()
            self.save()
            self.method.show(self, by=by, level=level, rationale=rationale)
            self._review(
                Review.Verdict.PUBLISHED,
                by,
                {key: text.strip() for key, text in (comments or {}).items() if text.strip()},
            )
            self.record("published", by=by)
            for illustration in self.illustrations.select_related("picture"):
                illustration.picture.publish()
            mails.published(self)
            revision_published.send(sender=type(self), revision=self, method=self.method, by=by, first=before is None)

    def withdraw(self: Draft, *, by: Any, because: str) -> None:
        """Take the revision away: a published one from the public (coordinators), one being written from the desk."""
        with locked(self.method), locked(self):
            self._require(self.State.PUBLISHED, *self.OPEN)
            if self.state == self.State.PUBLISHED:
                self._require_coordinator(by)
            if not because.strip():
                raise ReasonNeeded(_("Say why it is withdrawn; readers of the page will see it."))
            was_public = self.state == self.State.PUBLISHED
            self.state = self.State.WITHDRAWN
            self.withdrawn_at, self.withdrawn_because = timezone.now(), because.strip()
            self.save()
            self.record("withdrawn", by=by, because=because.strip())
            if was_public:
                self.method.hide()
                for illustration in self.illustrations.select_related("picture"):
                    illustration.picture.withdraw()
                revision_withdrawn.send(sender=type(self), revision=self, method=self.method, by=by)

    def _review(self: Draft, verdict: str, by: Any, comments: Mapping[str, str]) -> Review:
        review = Review.objects.create(revision=self, reviewer=by, verdict=verdict)
        ReviewComment.objects.bulk_create(
            ReviewComment(review=review, section_key=key, text=text) for key, text in comments.items()
        )
        return review

    def _require(self: Draft, *states: str) -> None:
        if self.state not in states:
            raise NotInThisState(self.get_state_display())

    def _require_coordinator(self: Draft, user: Any) -> None:
        if not user.is_coordinator:
            raise NotACoordinator()

    def _require_complete(self: Draft) -> None:
        self.__dict__.pop("missing", None)
        if self.missing:
            raise NotYetWritten(self.missing)
