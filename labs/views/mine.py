from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from accounts.access import SignInRequiredMixin
from labs import panels
from labs.models import Goal, Lab
from labs.next_steps import next_steps

LABS_A_PAGE = 6


class Mine(SignInRequiredMixin, View):
    """Where lab staff start: what their labs wait for first, then every goal with its button."""

    def get(self, request: HttpRequest) -> HttpResponse:
        labs = (
            Lab.objects.staffed_by(request.user)
            .alphabetical()
            .prefetch_related(Prefetch("goals", Goal.objects.with_progress(), to_attr="goals_with_progress"))
        )
        page = Paginator(labs, LABS_A_PAGE).get_page(request.GET.get("page"))
        leads = set(request.user.memberships.filter(role="lead").values_list("lab_id", flat=True))
        shown = [
            {
                "lab": lab,
                "goals": lab.goals_with_progress,
                "may_set_goals": request.user.is_coordinator or lab.pk in leads,
                "panels": panels.staff_page.rendered(lab, request),
            }
            for lab in page
        ]
        steps = next_steps([goal for lab in page for goal in lab.goals_with_progress])
        return render(request, "labs/mine.html", {"page": page, "labs": shown, "steps": steps})
