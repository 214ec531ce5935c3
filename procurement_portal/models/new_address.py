"""A proposed e-mail address counts once its owner has said yes in a mail to it, and a coordinator has accepted it."""

from datetime import timedelta
from typing import Any

from django.core.signing import TimestampSigner
from django.db import models
from django.urls import reverse
from django.utils import timezone

from antispam.limits import within
from procurement_portal.models.change_columns import ChangeColumns
from procurement_portal.models.numbered_token import row_of
from workflow import locked

LINK_LASTS = timedelta(days=14)
A_DAY = 5


class AddressLinkOver(Exception):
    """The link was never ours, is too old, or the proposal it belongs to does not hold any more."""


class NewAddressQuerySet(models.QuerySet[Any]):
    def by_address_link(self, token: str) -> Any:
        """The proposal whose new address a mailed link confirms, or has confirmed. Raises AddressLinkOver."""
        change = row_of(token, self, signer_of=lambda row: row.address_signer, lasts=LINK_LASTS)
        if change is None or not change.new_email:
            raise AddressLinkOver
        if not (change.is_open or change.awaits_confirmation or change.has_moved):
            raise AddressLinkOver
        return change


class AddressConfirmable(ChangeColumns):
    """Two have to say yes to a new address, in whichever order."""

    email_confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def new_email(self) -> str:
        """The proposed address, empty when there is none or it is forgotten."""
        return self.values.get("email", "")

    @property
    def awaits_confirmation(self) -> bool:
        """Whether the owner of the new address has still to say yes, and it matters."""
        wanted = self.is_open or "email" in self.accepted_fields
        return bool(self.new_email) and self.email_confirmed_at is None and wanted

    @property
    def has_moved(self) -> bool:
        """Whether the listing has the new address."""
        return bool(self.new_email) and self.supplier.email.lower() == self.new_email.lower()

    @property
    def address_signer(self) -> TimestampSigner:
        return TimestampSigner(sep=".", salt=f"procurement_portal.new_address:{self.new_email.lower()}")

    def get_confirmation_url(self) -> str:
        """For the mail to the new address only: whoever holds the link reads that mailbox."""
        return reverse("procurement_portal:new_address", args=[self.address_signer.sign(str(self.pk))])

    def mail_new_address(self) -> bool:
        """Ask the owner of the new address; False when that has been done too often today, or is not needed."""
        from procurement_portal import mails

        if not self.awaits_confirmation:
            return False
        if not within("listing-address", str(self.supplier_id), most=A_DAY, seconds=24 * 3600, uncounted=False):
            return False
        mails.confirm_new_address(self)
        return True

    def confirm_address(self) -> None:
        """The owner of the new address says yes: it counts as soon as a coordinator has accepted it, too.

        Said twice it is said once. Raises AddressLinkOver when the proposal does not hold any more.
        """
        with locked(self.supplier), locked(self):
            if self.email_confirmed_at is not None:
                return
            if not self.awaits_confirmation:
                raise AddressLinkOver
            self.email_confirmed_at = timezone.now()
            self.save(update_fields=["email_confirmed_at"])
            self.supplier.record("address_confirmed", change=self.pk)
            if not self.is_open:
                self.supplier.take_over({"email": self.new_email})
