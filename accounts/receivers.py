from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.access import note_second_factor
from accounts.models import User

PRIMARY = {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}


@receiver(authenticator_added)
def remember_the_new_second_factor(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Setting up an app or a passkey takes using it once: that counts as shown in this session."""
    if authenticator.type in PRIMARY:
        note_second_factor(request, user, kind=authenticator.type)
        user.record("second_factor_added", by=user, kind=authenticator.type)


@receiver(authenticator_removed)
def write_down_the_removal(sender: Any, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type in PRIMARY:
        user.record("second_factor_removed", by=user, kind=authenticator.type)
