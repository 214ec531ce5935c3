from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from accounts.access import CoordinatorRequiredMixin
from overview.feed import events, happenings

EVENTS_A_PAGE = 50


class Feed(CoordinatorRequiredMixin, View):
    """All that has happened, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(events(), EVENTS_A_PAGE).get_page(request.GET.get("page"))
        return render(request, "overview/events.html", {"page": page, "happenings": happenings(page)})
