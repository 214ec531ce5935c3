import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow import IllegalTransition, locked

Entry = Any  # A DiaryEntry, which has the fields.


class AlreadyPublished(IllegalTransition):
    pass


class NotYetWritten(IllegalTransition):
    pass


class TimeHasPassed(IllegalTransition):
    pass


class NothingToWithdraw(IllegalTransition):
    pass


class Publishable(models.Model):
    """The way of a diary entry from draft, perhaps over a set time, to the public page and back."""

    # Columns of the entry, which has the fields.
    publish_at: Any
    published_at: Any

    class Meta:
        abstract = True

    @property
    def is_published(self: Entry) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def is_scheduled(self: Entry) -> bool:
        return self.state == self.State.SCHEDULED

    def publish(self: Entry, *, by: Any) -> None:
        """Make the entry public now. `by` is None when the clock does it.

        An entry that was public before keeps its first date, so that no digest takes it for new.
        Raises AlreadyPublished, NotYetWritten.
        """
        with locked(self):
            self._check_publishable()
            self.state = self.State.PUBLISHED
            self.published_at = self.published_at or timezone.now()
            self.publish_at = None
            self.save(update_fields=["state", "published_at", "publish_at", "changed_at"])
            if self.picture:
                self.picture.publish()
            self.record("published", by=by)

    def schedule(self: Entry, at: datetime.datetime, *, by: Any) -> None:
        """Have the clock publish the entry at an aware time in the future; a new time replaces the old one.

        Raises AlreadyPublished, NotYetWritten, TimeHasPassed.
        """
        with locked(self):
            self._check_publishable()
            if at <= timezone.now():
                raise TimeHasPassed(_("That time has already passed. Choose a later one, or publish now."))
            self.state = self.State.SCHEDULED
            self.publish_at = at
            self.save(update_fields=["state", "publish_at", "changed_at"])
            self.record("scheduled", by=by, at=at)

    def withdraw(self: Entry, *, by: Any, because: str = "") -> None:
        """Take a scheduled or published entry back to draft. Raises NothingToWithdraw."""
        with locked(self):
            if self.state == self.State.DRAFT:
                raise NothingToWithdraw(_("The entry is already a draft."))
            self.state = self.State.DRAFT
            self.publish_at = None
            self.save(update_fields=["state", "publish_at", "changed_at"])
            if self.picture:
                self.picture.withdraw()
            self.record("withdrawn", by=by, because=because)

    def _check_publishable(self: Entry) -> None:
        if self.is_published:
            raise AlreadyPublished(_("The entry has already been published."))
        if not self.title.strip() or not self.body.strip():
            raise NotYetWritten(_("The entry needs a title and a text before it can be published."))
