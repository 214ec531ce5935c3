from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.logout import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views import View

from accounts.access import note_second_factor
from accounts.models import User


class DemoSignIn(View):
    """POST signs a demo person in, second step and all. Exists only where this app does: in development."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(User.objects.demo(), pk=pk)
        if request.user.is_authenticated:
            logout(request)
        adapter = get_adapter()
        adapter.login(request, person)
        note_second_factor(request, person, kind="demo")
        return adapter.post_login(
            request,
            person,
            email_verification="none",
            signal_kwargs=None,
            email=person.email,
            signup=False,
            redirect_url=None,
        )
