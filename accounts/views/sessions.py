from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import SignInRequiredMixin


class Sessions(ListUserSessionsView):
    """Where one is signed in; POST signs out everywhere but here."""


class AllSessions(SignInRequiredMixin, View):
    """POST signs out everywhere, here too."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        end_sessions(request, UserSession.objects.filter(user=request.user))
        logout(request)
        messages.success(request, _("You are signed out everywhere."))
        return redirect("account_login")
