"""Who sees a picture that is not public."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from pictures.models import Draft, Picture
from pictures.visitors import Visitor

SHOWN_FOR = 3600
"""Seconds that a shown link opens its picture: longer than a page is looked at, shorter than a link is passed on."""

signer = signing.TimestampSigner(salt="pictures.shown")


def may_see(request: HttpRequest, picture: Picture) -> bool:
    """Whether renditions that are not public may be shown: to staff, to whoever uploaded the draft, by a shown link."""
    user: Any = request.user
    if user.is_authenticated and user.is_active:
        return True
    if shown_to(request, picture):
        return True
    return Draft.objects.of(Visitor.of(request)).filter(picture=picture).exists()


def show_key(picture: Picture) -> str:
    """A key that opens the picture's renditions for an hour: for pages that have checked their reader themselves."""
    return signer.sign(str(picture.pk)).partition(":")[2]


def shown_to(request: HttpRequest, picture: Picture) -> bool:
    key = request.GET.get("key", "")
    try:
        signer.unsign(f"{picture.pk}:{key}", max_age=SHOWN_FOR)
    except signing.BadSignature:
        return False
    return True


def original_refused(request: HttpRequest) -> HttpResponseBase | None:
    """Lets coordinators through with None; visitors are sent to sign in, other staff get PermissionDenied.

    The second factor is asked for by the site's middleware, as on every page of a coordinator.
    """
    user: Any = request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not user.is_coordinator:
        raise PermissionDenied
    return None
