"""How sure we are that it is still the same person at the keyboard."""

import time

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest


def signed_in_recently(request: HttpRequest) -> bool:
    """Whether the person proved within the last quarter of an hour who they are, with the strongest proof they have.

    That is the second factor for those who have one, a code by e-mail or the identity provider for the others.
    """
    if not request.user.is_authenticated:
        return False
    proofs = {"mfa"} if has_authenticator(request) else {"mfa", "code", "socialaccount"}
    newest = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(record["method"] in proofs and record["at"] > newest for record in records)


def has_authenticator(request: HttpRequest) -> bool:
    """Whether the person has set up any second factor."""
    return request.user.is_authenticated and Authenticator.objects.filter(user=request.user).exists()
