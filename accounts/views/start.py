from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from accounts.access import SignInRequiredMixin


class Start(SignInRequiredMixin, View):
    """Where work begins: a coordinator's overview, or one's own lab."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("overview:home" if request.user.is_coordinator else "labs:mine")  # type: ignore[union-attr]
