"""The way back to an application that is being filled in: a signed link by e-mail, for any device."""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.signing import BadSignature, TimestampSigner
from django.db import models
from django.urls import reverse
from django.utils import timezone

from procurement_portal.mailed_links import may_be_mailed
from procurement_portal.models.confirmation import BETWEEN_MAILS
from workflow import locked

if TYPE_CHECKING:
    from procurement_portal.models.started_application import StartedApplication

LINK_LASTS = timedelta(days=30)
# Somebody who mistypes an address gets a few tries; somebody who would have us mail strangers does not.
MOST_MAILS = 5


class ContinuationOver(Exception):
    """The link was never ours, is too old, was followed by one to another address, or the application is sent in."""


class ContinuationQuerySet(models.QuerySet[Any]):
    def by_link(self, token: str) -> "StartedApplication":
        """What a mailed link goes on with. Raises ContinuationOver."""
        try:
            started = self.get(form_key=uuid.UUID(token.partition(".")[0]))
            started.continuation_signer.unsign(token, max_age=LINK_LASTS)
        except (ValueError, BadSignature, self.model.DoesNotExist):
            raise ContinuationOver from None
        return started


class Continuable(models.Model):
    """Mails the link. It is bound to the address it went to: one to another address ends it."""

    form_key: Any
    language: Any
    mailed_to = models.EmailField(max_length=254, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mails = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def continuation_signer(self) -> TimestampSigner:
        return TimestampSigner(sep=".", salt=f"procurement_portal.continuation:{self.mailed_to.lower()}")

    def get_continuation_url(self) -> str:
        """For mails only: whoever holds the link reads the applicant's mail."""
        return reverse("procurement_portal:continuation", args=[self.continuation_signer.sign(self.form_key.hex)])

    def mail_link(self, to: str, *, network: str) -> None:
        """Mail the link, within what an address, an application and a network get. Says nothing of whether it did."""
        from procurement_portal import mails

        with locked(self):
            if self._may_be_mailed(to, network):
                self.mailed_to, self.mailed_at = to, timezone.now()
                self.mails += 1
                self.save(update_fields=["mailed_to", "mailed_at", "mails"])
                mails.continuation(self)

    def _may_be_mailed(self, to: str, network: str) -> bool:
        just_mailed = self.mailed_at and timezone.now() - self.mailed_at < BETWEEN_MAILS
        return (
            self.mails < MOST_MAILS
            and not (just_mailed and to.lower() == self.mailed_to.lower())
            and may_be_mailed("continuation", to, network)
        )
