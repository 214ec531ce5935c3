from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from accounts.access import CoordinatorRequiredMixin
from accounts.models import User
from overview.actions import everything_waiting
from overview.feed import events, happenings
from overview.filters import ActionFilter

ACTIONS_A_PAGE = 30
LATEST_EVENTS = 8


class Home(CoordinatorRequiredMixin, View):
    """Where coordinators start: all that waits for them, oldest first, and what happened last."""

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = ActionFilter(everything_waiting(cast(User, request.user)), request.GET)
        page = Paginator(waiting.actions, ACTIONS_A_PAGE).get_page(request.GET.get("page"))
        return render(
            request,
            "overview/home.html",
            {"waiting": waiting, "page": page, "happenings": happenings(events()[:LATEST_EVENTS])},
        )
