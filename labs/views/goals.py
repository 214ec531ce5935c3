from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import View

from labs.forms import MeasurableGoalForm, QualitativeGoalForm
from labs.models import Goal, Measurement
from labs.views.scoped import GoalScoped, LabScoped

FORMS = {"measurable": MeasurableGoalForm, "qualitative": QualitativeGoalForm}


class GoalDetail(GoalScoped, View):
    """A goal for those who work with it: numbers in full, every measurement, its history."""

    template_name = "labs/goal.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        goal = self.goal
        return self.page(
            measurements=Measurement.objects.filter(goal=goal)
            .select_related("goal", "recorded_by", "decided_by")
            .order_by("-period_end", "-pk"),
            may_set_goals=goal.lab.goals_set_by(self.user),
            events=goal.events.newest_first() if self.user.is_coordinator else None,
        )


class GoalKinds(LabScoped, View):
    """The choice that comes before a new goal: with numbers or in words."""

    template_name = "labs/goal_kinds.html"

    def may(self) -> bool:
        return self.lab.goals_set_by(self.user)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page()


class GoalNew(LabScoped, View):
    template_name = "labs/goal_form.html"
    kind = ""

    def may(self) -> bool:
        return self.lab.goals_set_by(self.user)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(form=FORMS[self.kind](instance=self.blank_goal()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = FORMS[self.kind](request.POST, instance=self.blank_goal())
        if not form.is_valid():
            return self.page(form=form, status=400)
        goal = form.instance.establish(by=self.user)
        messages.success(request, _("The goal is set."))
        return redirect(goal)

    def blank_goal(self) -> Goal:
        return Goal(lab=self.lab, kind=self.kind, position=self.lab.goals.count())


class GoalEdit(GoalScoped, View):
    template_name = "labs/goal_form.html"

    def may(self) -> bool:
        return self.lab.goals_set_by(self.user)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(form=FORMS[self.goal.kind](instance=self.goal))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = FORMS[self.goal.kind](request.POST, instance=self.goal)
        if not form.is_valid():
            return self.page(form=form, status=400)
        self.goal.change(by=self.user, **form.rewritten())
        messages.success(request, _("The goal is saved."))
        return redirect(self.goal)
