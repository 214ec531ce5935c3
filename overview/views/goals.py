from collections import Counter

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from accounts.access import CoordinatorRequiredMixin
from labs.models import Goal, Lab
from labs.models.progress import Standing

LABS_A_PAGE = 12


class GoalBoard(CoordinatorRequiredMixin, View):
    """Every goal of every lab, with how far it has come. Nothing is added up: the units differ."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(Lab.objects.alphabetical(), LABS_A_PAGE).get_page(request.GET.get("page"))
        goals = list(Goal.objects.filter(lab__in=list(page)).with_progress())
        rows = [(lab, [goal for goal in goals if goal.lab_id == lab.pk]) for lab in page]
        standings = Counter(goal.progress().standing for goal in goals if goal.is_measurable)
        counts = [(standing, standings[standing]) for standing in Standing]
        return render(request, "overview/goals.html", {"page": page, "rows": rows, "counts": counts})
