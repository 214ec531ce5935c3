"""The second step: allauth's views with our manners."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode

from accounts.access import needs_second_factor, note_second_factor
from accounts.freshness import has_authenticator, signed_in_recently
from accounts.views.forms import RateLimitedFormMixin
from accounts.views.passkey_place import PasskeyPlaceMixin


class FreshSignInMixin:
    """Asks people without a second factor for a fresh sign-in before they add one.

    Otherwise whoever finds an unlocked computer could add a factor of their own and lock its owner out. People who
    have a factor are asked for it by allauth.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not has_authenticator(request) and not signed_in_recently(request):
            return redirect(f"{reverse('accounts:sign_in_again')}?{urlencode({'next': request.path})}")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class ShownBySettingUpMixin:
    """Setting up an app or a passkey takes using it once: that counts as shown in this session."""

    kind: Authenticator.Type

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)  # type: ignore[misc]
        note_second_factor(self.request, self.request.user, kind=self.kind)  # type: ignore[attr-defined]
        return response


class SecondFactor(RateLimitedFormMixin, AuthenticateView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        passkeys = Authenticator.objects.filter(user=self.stage.login.user, type=Authenticator.Type.WEBAUTHN)
        return {**super().get_context_data(**kwargs), "has_passkey": passkeys.exists()}


class SecondFactorAgain(RateLimitedFormMixin, ReauthenticateView):
    pass


class SecondFactorIndex(PasskeyPlaceMixin, IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(needed=needs_second_factor(self.request), **kwargs)


class App(FreshSignInMixin, ShownBySettingUpMixin, RateLimitedFormMixin, ActivateTOTPView):
    kind = Authenticator.Type.TOTP


class AppRemoval(RateLimitedFormMixin, DeactivateTOTPView):
    pass


class NewPasskey(FreshSignInMixin, ShownBySettingUpMixin, RateLimitedFormMixin, PasskeyPlaceMixin, AddWebAuthnView):
    kind = Authenticator.Type.WEBAUTHN


class PasskeyAgain(PasskeyPlaceMixin, ReauthenticateWebAuthnView):
    pass


class PasskeyName(RateLimitedFormMixin, EditWebAuthnView):
    success_url = reverse_lazy("mfa_index")


class PasskeyRemoval(RateLimitedFormMixin, RemoveWebAuthnView):
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Form) -> HttpResponse:
        # allauth asks this for apps only; without it a coordinator could remove the last second step.
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            form.add_error(None, adapter.validation_error("cannot_delete_authenticator"))
            return self.form_invalid(form)
        return super().form_valid(form)


class RecoveryCodes(ViewRecoveryCodesView):
    pass


class NewRecoveryCodes(RateLimitedFormMixin, GenerateRecoveryCodesView):
    pass


class RecoveryCodesFile(DownloadRecoveryCodesView):
    pass
