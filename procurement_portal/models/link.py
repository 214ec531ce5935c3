"""The applicant's way in without an account: a signed, dated link sent to the e-mail address of the application."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import models
from django.urls import reverse

from procurement_portal.models.columns import ApplicationColumns

if TYPE_CHECKING:
    from procurement_portal.models.application import Application

LINK_LASTS = timedelta(days=90)
RECEIPT_LASTS = timedelta(days=2)
TOKEN = re.compile(r"(IP-[0-9A-Z]{4}-[0-9A-Z]{4})\.[0-9A-Za-z]{1,12}\.[0-9A-Za-z_-]{43}")


class ForgedLinkError(Exception):
    """The link was never ours, or its application is gone, or went to an address that has been corrected since."""


class ExpiredLinkError(Exception):
    """The link was ours and is too old."""


class LinkQuerySet(models.QuerySet["Application"]):
    def by_link(self, token: str) -> "Application":
        """The application a mailed link leads to. Raises ForgedLinkError or ExpiredLinkError."""
        return self._signed(token, purpose="link", lasts=LINK_LASTS)

    def by_receipt(self, token: str) -> "Application":
        """The application that was just sent in from this browser. Raises ForgedLinkError or ExpiredLinkError."""
        return self._signed(token, purpose="receipt", lasts=RECEIPT_LASTS)

    def _signed(self, token: str, *, purpose: str, lasts: timedelta) -> "Application":
        shape = TOKEN.fullmatch(token)
        application = self.filter(reference=shape[1]).first() if shape else None
        if application is None:
            raise ForgedLinkError
        try:
            application.signer(purpose).unsign(token, max_age=lasts)
        except SignatureExpired:
            raise ExpiredLinkError from None
        except BadSignature:
            raise ForgedLinkError from None
        return application


class Followable(ApplicationColumns):
    """Signs the links of an application. A mailed link is bound to its address: correcting the address ends it."""

    class Meta:
        abstract = True

    def signer(self, purpose: str) -> TimestampSigner:
        bound_to = self.email.lower() if purpose == "link" else ""
        return TimestampSigner(sep=".", salt=f"procurement_portal.{purpose}:{bound_to}")

    @property
    def link_token(self) -> str:
        """For mails only: whoever holds it has shown that they read the applicant's mail."""
        return self.signer("link").sign(self.reference)

    @property
    def receipt_token(self) -> str:
        """For the browser that sent the form: shows the receipt and lets a mistyped address be corrected, no more."""
        return self.signer("receipt").sign(self.reference)

    def get_status_url(self) -> str:
        return reverse("procurement_portal:status", args=[self.link_token])

    def get_receipt_url(self) -> str:
        return reverse("procurement_portal:receipt", args=[self.receipt_token])
