"""Signing in and out: allauth's views with our manners."""

from typing import Any

from allauth.account.views import AccountInactiveView, ConfirmLoginCodeView, LoginView, LogoutView
from allauth.socialaccount.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.generic import TemplateView

from accounts.access import SignInRequiredMixin
from accounts.views.forms import RateLimitedFormMixin
from accounts.views.passkey_place import PasskeyPlaceMixin

# In development the sign-in page lists the demo people; where that app is not installed there is no such template.
ASIDES = ["development/_demo_people.html", "accounts/sign_in/_no_aside.html"]


class SignIn(RateLimitedFormMixin, PasskeyPlaceMixin, LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "asides": ASIDES,
            "identity_providers": get_adapter().list_providers(self.request),
        }


class SignInCode(RateLimitedFormMixin, ConfirmLoginCodeView):
    pass


class SignOut(LogoutView):
    """GET asks, POST signs out."""


class Inactive(AccountInactiveView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        response.status_code = 403
        return response


class SignInAgain(SignInRequiredMixin, TemplateView):
    """Asks somebody without a second factor for a fresh code before they change how they sign in."""

    template_name = "accounts/sign_in/again.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, {self.request.get_host()}, self.request.is_secure())
        back = wanted if safe else reverse("mfa_index")
        return super().get_context_data(next=f"{reverse('account_login')}?{urlencode({'next': back})}", **kwargs)
