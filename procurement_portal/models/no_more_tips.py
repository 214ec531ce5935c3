"""Addresses that are never mailed a tip again. Only a mark of each is kept, from which no address can be read."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

_signer = Signer(sep=".", salt="procurement_portal.no_more_tips")


def mark_of(address: str) -> str:
    """The same for every spelling of one mailbox: in capitals, or with something after a plus."""
    local, _at, domain = address.strip().lower().rpartition("@")
    mailbox = f"{local.partition('+')[0] or local}@{domain}"
    return salted_hmac("procurement_portal.no_more_tips", mailbox, algorithm="sha256").hexdigest()[:32]


class NoMoreTips(models.Model):
    """Somebody has asked us never to mail them a tip again."""

    mark = models.CharField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("address that gets no tips")
        constraints = [
            models.CheckConstraint(condition=Q(mark__regex=r"^[0-9a-f]{32}$"), name="no_more_tips_holds_a_mark"),
        ]

    def __str__(self) -> str:
        return self.mark

    @classmethod
    def covers(cls, address: str) -> bool:
        return cls.objects.filter(mark=mark_of(address)).exists()

    @classmethod
    def token_for(cls, address: str) -> str:
        """For the mails to that address. It has no end: saying no must work as long as the mail is there."""
        return _signer.sign(mark_of(address))

    @staticmethod
    def mark_in(token: str) -> str | None:
        """The mark in a mailed token, None for a forged one."""
        try:
            return _signer.unsign(token)
        except BadSignature:
            return None

    @classmethod
    def add(cls, mark: str) -> Any:
        """Asked for twice it is kept once."""
        return cls.objects.get_or_create(mark=mark)
