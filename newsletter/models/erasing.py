import datetime
import re
from typing import Any

from django.db import models
from django.utils import timezone

from newsletter.models.address import mark_of
from newsletter.models.token import new_token
from workflow import locked

Reader = Any  # A Subscriber, which has the fields.


class Erasable(models.Model):
    """How a subscriber is forgotten: asked for, or because the address was never confirmed."""

    # Columns of the subscriber, which has the fields.
    email: Any
    confirmation_token: Any
    paused_until: Any
    news_from: Any
    erased_at: Any

    class Meta:
        abstract = True

    def erase(self: Reader, *, by: Any = None, mark: bool = True) -> None:
        """Forget address, choices, consents, letters and what came back. A letter that has not left yet never does.
        What was sent stays counted, with nobody's name on it.

        `mark` leaves something to know the address by in a list that is imported later, so that it stays forgotten.
        """
        with locked(self):
            if self.erased_at is not None:
                return
            now, email = timezone.now(), self.email
            self.state = self.State.UNSUBSCRIBED
            self.email = None
            self.erased_at = now
            self.erased_mark = mark_of(email) if mark else ""
            self.left_at = self.left_at or now
            self.left_because = ""
            self.confirmation_token = None
            self.paused_until = self.news_from = None
            self.token = new_token()
            self.save()
            self._forget_traces(email)
            self.record("erased", by=by)

    def without_address(self: Reader, words: str) -> str:
        """The words with the subscriber's address left out: history is never erased, so it must not stand there."""
        return re.sub(re.escape(self.email), "…", words, flags=re.IGNORECASE) if self.email else words

    def expire_confirmation(self: Reader, before: datetime.datetime) -> None:
        """The address was not confirmed in time: forget it, or go back to what was before the new sign-up."""
        with locked(self):
            if not type(self).objects.unconfirmed_since(before).filter(pk=self.pk).exists():
                return
            if self.confirmed_at is None:
                self.erase(mark=False)
                return
            self._stop(self.State.UNSUBSCRIBED, "")
            self.record("confirmation_expired")

    def _forget_traces(self: Reader, email: str) -> None:
        from newsletter.models.import_row import ImportRow

        self.labs.clear()
        self.focus_areas.clear()
        self.consents.all().delete()
        self.address_changes.all().delete()
        self.letters.all().delete()
        self.deliveries.exclude(smtp_reply="").update(smtp_reply="")
        self.bounces.all().delete()
        ImportRow.objects.with_address(email).delete()
