"""The site's addresses, and one that shows each page for trouble."""

from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500  # noqa: F401
from config.urls import urlpatterns as real
from website.views import errors

PAGES: dict[str, Any] = {
    "400": errors.bad_request,
    "403": errors.forbidden,
    "403_csrf": errors.csrf_failure,
    "404": errors.not_found,
    "409": lambda request: errors.conflict(request, "Ansökan är redan godkänd."),
    "413": errors.too_large,
    "429": lambda request: errors.too_many(request, 90),
    "500": errors.server_error,
    "503": errors.unavailable,
}


def trouble(request: HttpRequest, name: str) -> HttpResponse:
    return PAGES[name](request) if name in PAGES else render(request, f"{name}.html", status=403)


urlpatterns = [
    *i18n_patterns(path("trouble/<path:name>/", trouble, name="trouble"), prefix_default_language=False),
    *real,
]
