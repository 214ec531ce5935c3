"""Who gets in where. Views take these mixins first; the middleware says the same for every page of a coordinator."""

from types import SimpleNamespace
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from generic.lists import wants_partial


def needs_second_factor(request: HttpRequest) -> bool:
    """Whether this is a coordinator who has not shown a second factor since signing in."""
    user = request.user
    return user.is_authenticated and user.is_coordinator and not has_second_factor(request)


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session has seen a passkey, a code from an app or a recovery code of the user."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def note_second_factor(request: HttpRequest | SimpleNamespace, user: Any, *, kind: str) -> None:
    """Note in the session that `user` has just shown a second factor of this `kind` ("totp", "webauthn", …)."""
    record_authentication(request, user, method="mfa", type=kind, reauthenticated=True)


def ask_for_second_factor(request: HttpRequest) -> HttpResponseBase:
    """Send a coordinator to show the second factor, or to set one up, and afterwards back to the page they wanted."""
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    if Authenticator.Type.TOTP in kinds:
        page = reverse("mfa_reauthenticate")
    elif Authenticator.Type.WEBAUTHN in kinds:
        page = reverse("mfa_reauthenticate_webauthn")
    else:
        return lead(request, reverse("mfa_index"))
    return lead(request, f"{page}?{urlencode({'next': place_of(request)})}")


def place_of(request: HttpRequest) -> str:
    """Where the person comes back to afterwards: the page they wanted, or were on when a part of it was asked for."""
    if wants_partial(request):
        return request.htmx.current_url_abs_path or reverse("accounts:start")  # type: ignore[attr-defined]
    return request.get_full_path() if request.method == "GET" else reverse("accounts:start")


def lead(request: HttpRequest, address: str) -> HttpResponseBase:
    """Lead the whole window there: htmx would follow a redirect and put that page where the part was to go."""
    return HttpResponseClientRedirect(address) if wants_partial(request) else redirect(address)


class SignInRequiredMixin:
    """Visitors are sent to sign in and back; coordinators without a second factor to show or set up one."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return lead(request, redirect_to_login(place_of(request)).url)
        if needs_second_factor(request):
            return ask_for_second_factor(request)
        self.check_access()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def check_access(self) -> None:
        """Raise PermissionDenied or Http404 for a signed-in person who may not come in; the base lets everyone."""


class CoordinatorRequiredMixin(SignInRequiredMixin):
    """As above, and 403 for signed-in people who are not coordinators."""

    def check_access(self) -> None:
        if not self.request.user.is_coordinator:  # type: ignore[union-attr]
            raise PermissionDenied
        super().check_access()
