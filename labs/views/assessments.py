from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import View

from labs.forms import AssessmentForm
from labs.views.scoped import GoalScoped


class AssessmentNew(GoalScoped, View):
    template_name = "labs/assessment_form.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.goal.require_assessable()
        return self.page(form=AssessmentForm(self.goal))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.goal.require_assessable()
        form = AssessmentForm(self.goal, request.POST)
        if not form.is_valid():
            return self.page(form=form, status=400)
        self.goal.assess(by=self.user, **form.cleaned_data)
        messages.success(request, _("The assessment is saved."))
        return redirect(self.goal)
