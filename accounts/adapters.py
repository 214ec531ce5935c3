"""Where django-allauth asks us how we want it."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import mails
from accounts.freshness import signed_in_recently
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("That is not the code in the latest e-mail. Check it, or ask for a new one."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes and try again."),
        "rate_limited": _("Too many attempts. Wait a few minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a sign-in code through the outbox. Nothing else is mailed this way: the other flows are not routed."""
        if template_prefix != "account/email/login_code":
            raise LookupError(f"There is no letter for {template_prefix}")
        mails.sign_in_code(email, code=context["code"], language=translation.get_language() or settings.LANGUAGE_CODE)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Tell people that their second step changed, in case it was not them."""
        mails.second_factor_changed(user, change=template_prefix.rpartition("/")[2])

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Go on in the person's own language, also to a page asked for in another."""
        response = super().post_login(request, user, **kwargs)
        if location := response.headers.get("Location"):
            response.headers["Location"] = translate_url(location, user.language)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:start")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not signed_in_recently(self.request)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code does not fit. Take the one the app shows now; each can be used once."),
        "incorrect_passkey": _("The passkey did not fit. Try again, or use a code."),
        "cannot_delete_authenticator": _(
            "Coordinators need a second step. Add another one first, then you can remove this one."
        ),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """A coordinator keeps at least one app or passkey."""
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return not authenticator.user.is_coordinator or others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return str(_("Passkey %(number)s") % {"number": count + 1})

    def _get_site_name(self) -> str:
        return settings.MFA_TOTP_ISSUER

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()


def _keys() -> MultiFernet:
    """Seeds of the apps and recovery codes are not readable in a stolen database: they need SECRET_KEY as well.

    A key that is being retired stays in SECRET_KEY_FALLBACKS until people have set up their apps anew.
    """
    secrets = map(str, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second factor {secret}".encode()).digest()))
        for secret in secrets
    )


class IdentityProviderAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let in only people who have an account here under an address that the provider has verified."""
        if sociallogin.state.get("process") == "connect" or not sociallogin.is_existing:
            raise ImmediateHttpResponse(render(request, "account/signup_closed.html", status=403))

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(render(request, "socialaccount/authentication_error.html", status=403))
