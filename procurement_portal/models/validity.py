"""How long a listing stands, and how its company lets it stand longer."""

import datetime
from typing import Any

from django.core.signing import TimestampSigner
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from procurement_portal.models.numbered_token import row_of
from procurement_portal.models.refusals import NotListed, NotRenewable
from workflow import locked

LISTED_FOR = datetime.timedelta(days=730)
# So long before the end the company is reminded; from the first on it may renew.
REMINDED_BEFORE = [datetime.timedelta(days=60), datetime.timedelta(days=14)]
LINK_LASTS = datetime.timedelta(days=180)


class RenewalLinkOver(Exception):
    """The link was never ours, is too old, or went to an address that has been changed since."""


def in_two_years() -> datetime.datetime:
    return timezone.now() + LISTED_FOR


class ValidityQuerySet(models.QuerySet[Any]):
    def by_renewal_link(self, token: str) -> Any:
        """The supplier that a mailed link leads to, taken down or not. Raises RenewalLinkOver."""
        supplier = row_of(token, self, signer_of=lambda row: row.renewal_signer, lasts=LINK_LASTS)
        if supplier is None:
            raise RenewalLinkOver
        return supplier

    def to_remind(self, now: datetime.datetime) -> "ValidityQuerySet":
        """Listed ones that have come closer to their end than they have been reminded of."""
        due = models.Q()
        for number, before in enumerate(REMINDED_BEFORE):
            due |= models.Q(listed_until__lte=now + before, reminders__lte=number)
        return self.filter(due, taken_down_at__isnull=True, listed_until__gt=now)

    def to_expire(self, now: datetime.datetime) -> "ValidityQuerySet":
        """Those past their end whose pictures have not been hidden yet."""
        return self.filter(listed_until__lte=now, expired_at__isnull=True, taken_down_at__isnull=True)


class Renewable(models.Model):
    """A listing that ends by itself after two years, unless its company says that it still holds."""

    listed_until = models.DateTimeField(default=in_two_years)
    # Since when the pictures are hidden, too; the page is hidden by the time alone.
    expired_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def has_expired(self) -> bool:
        return self.listed_until <= timezone.now()

    @property
    def is_renewable(self) -> bool:
        return self.listed_until - timezone.now() <= REMINDED_BEFORE[0]

    @property
    def renewal_signer(self: Any) -> TimestampSigner:
        return TimestampSigner(sep=".", salt=f"procurement_portal.renewal:{self.email.lower()}")

    @property
    def renewal_token(self) -> str:
        """For mails only: whoever holds it reads the company's mail."""
        return self.renewal_signer.sign(str(self.pk))

    def get_renewal_url(self) -> str:
        """For mails only, as the token."""
        return reverse("procurement_portal:renewal", args=[self.renewal_token])

    def begin_term(self) -> None:
        """Let it stand for two years from now. The caller saves."""
        self.listed_until, self.expired_at, self.reminders = in_two_years(), None, 0

    def renew(self: Any) -> None:
        """The company says that the listing still holds; one that has expired is public again.

        Raises NotListed for one that coordinators have taken down, and NotRenewable long before its end.
        """
        with locked(self):
            if self.taken_down_at is not None:
                raise NotListed(gettext("We have taken the listing down, so it cannot be renewed. Write to us."))
            if not self.is_renewable:
                raise NotRenewable(gettext("The listing is already renewed. We write again before its time is up."))
            self.begin_term()
            self.save(update_fields=["listed_until", "expired_at", "reminders"])
            self.publish_pictures()
            self.record("renewed")

    def remind(self: Any) -> None:
        """Mail the company that the time is soon up, once for each point in time."""
        from procurement_portal import mails

        with locked(self):
            now = timezone.now()
            if not type(self).objects.to_remind(now).filter(pk=self.pk).exists():
                return
            self.reminders = sum(self.listed_until <= now + before for before in REMINDED_BEFORE)
            self.save(update_fields=["reminders"])
            mails.renewal_due(self)

    def expire(self: Any) -> None:
        """Hide the pictures of a listing whose time is up, and tell the company how to come back."""
        from procurement_portal import mails

        with locked(self):
            if not type(self).objects.to_expire(timezone.now()).filter(pk=self.pk).exists():
                return
            self.expired_at = timezone.now()
            self.save(update_fields=["expired_at"])
            for enclosure in self.enclosures:
                enclosure.picture.withdraw()
            self.record("expired")
            mails.listing_expired(self)
