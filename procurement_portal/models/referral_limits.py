"""How many tips a sender, a network, a colleague and the whole site get. What Redis cannot count is not mailed."""

from typing import Any

from django.conf import settings
from django.db import models

from antispam.limits import within
from procurement_portal.models.no_more_tips import NoMoreTips, mark_of

DAY = 24 * 3600
A_SENDER_A_DAY = 5
A_NETWORK_AN_HOUR = 10
RECIPIENT_RESTS = 30 * DAY


class Limited(models.Model):
    sender: Any
    recipient: Any

    class Meta:
        abstract = True

    def _may_be_asked(self, network: str) -> bool:
        """Whether the place and the sender have tips left today."""
        return (
            not NoMoreTips.covers(self.sender)
            and within("referral-network", network or "unknown", most=A_NETWORK_AN_HOUR, uncounted=False)
            and within("referral-sender", mark_of(self.sender), most=A_SENDER_A_DAY, seconds=DAY, uncounted=False)
        )

    def _one_more_mail(self) -> bool:
        """Count a mail, to whomever, within what the whole site sends in a day."""
        return within("referrals", "all", most=settings.REFERRALS_PER_DAY, seconds=DAY, uncounted=False)

    def _may_be_mailed(self) -> bool:
        return (
            not NoMoreTips.covers(self.recipient)
            and self._one_more_mail()
            # Asked last, for asking counts: the colleague rests only after a mail that went out.
            and within("referral-recipient", mark_of(self.recipient), most=1, seconds=RECIPIENT_RESTS, uncounted=False)
        )
