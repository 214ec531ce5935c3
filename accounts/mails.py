"""The letters of this part: one function each."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone, translation

from mailing.letters import absolute, post

if TYPE_CHECKING:
    from accounts.models import Invitation, User


def sign_in_code(to: str, *, code: str, language: str) -> None:
    post(template="accounts/mail/sign_in_code", to=to, language=language, context={"code": code})


def no_account(to: str, *, language: str) -> None:
    """To somebody who tried to sign in with an address that has no account, or a deactivated one."""
    post(template="accounts/mail/no_account", to=to, language=language, context={"address": to})


def second_factor_changed(user: "User", *, change: str) -> None:
    """`change` is allauth's word for it: totp_activated, webauthn_removed, recovery_codes_generated, …"""
    with translation.override(user.language):
        url = absolute(reverse("mfa_index"))
    post(
        template="accounts/mail/second_factor_changed",
        to=user.email,
        language=user.language,
        context={"user": user, "change": change, "url": url, "at": timezone.now()},
    )


def invitation(invitation: "Invitation", *, token: str) -> None:
    with translation.override(invitation.language):
        url = absolute(reverse("accounts:invitation", args=[token]))
    inviter = invitation.invited_by
    post(
        template="accounts/mail/invitation",
        to=invitation.email,
        language=invitation.language,
        context={"invitation": invitation, "url": url},
        reply_to=inviter.email if inviter else None,
    )
