from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts.access import ask_for_second_factor, needs_second_factor

# Where a coordinator may be before the second factor: on the way to it, on the way out, and where nothing is secret.
OPEN_PREFIXES = ("account_", "mfa_", "usersessions_", "development:")
OPEN_PAGES = frozenset({"website:privacy", "website:accessibility", "healthz", "readyz"})


class SecondFactorMiddleware:
    """Keeps coordinators without a second factor out of everything, also out of pages whose views forgot to ask.

    A coordinator sees more than a visitor on public pages too, so those wait as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name.startswith(OPEN_PREFIXES) or name in OPEN_PAGES or not needs_second_factor(request):
            return None
        return ask_for_second_factor(request)
