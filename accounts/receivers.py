from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

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


@receiver(user_logged_in)
def end_the_session_in_time(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A visitor's session may have been made to last longer; one that is signed in lasts as long as all of those."""
    request.session.set_expiry(None)
