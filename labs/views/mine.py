from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from accounts.access import SignInRequiredMixin
from accounts.models import User
from labs import panels
from labs.models import Goal, Lab
from labs.next_steps import next_steps

LABS_A_PAGE = 6


class Mine(SignInRequiredMixin, View):
    """Where lab staff start: what their labs wait for first, then every goal with its button."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user = cast(User, request.user)
        labs = Lab.objects.staffed_by(user).alphabetical()
        page = Paginator(labs, LABS_A_PAGE).get_page(request.GET.get("page"))
        goals = list(Goal.objects.filter(lab__in=list(page)).with_progress())
        led = set(user.memberships.filter(role="lead").values_list("lab_id", flat=True))
        shown = [
            {
                "lab": lab,
                "goals": [goal for goal in goals if goal.lab_id == lab.pk],
                "may_set_goals": user.is_coordinator or lab.pk in led,
                "panels": panels.staff_page.rendered(lab, request),
            }
            for lab in page
        ]
        steps = next_steps(goals)
        return render(request, "labs/mine.html", {"page": page, "labs": shown, "steps": steps})
