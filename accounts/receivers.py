from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.dispatch import receiver

from accounts.models import User

PRIMARY = {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}


@receiver(authenticator_added)
def write_down_the_addition(sender: Any, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type in PRIMARY:
        user.record("second_factor_added", by=user, kind=authenticator.type)


@receiver(authenticator_removed)
def write_down_the_removal(sender: Any, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type in PRIMARY:
        user.record("second_factor_removed", by=user, kind=authenticator.type)
