from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import View

from labs.exceptions import PeriodTaken
from labs.forms import MeasurementForm, ReturnForm
from labs.models import Measurement
from labs.views.scoped import GoalScoped, MeasurementScoped


class MeasurementNew(GoalScoped, View):
    """The form that takes half a minute on a phone."""

    template_name = "labs/measurement_form.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.goal.require_measurable()
        return self.page(form=MeasurementForm(self.goal))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.goal.require_measurable()
        form = MeasurementForm(self.goal, request.POST)
        if not form.is_valid():
            return self.page(form=form, status=400)
        try:
            measurement = self.goal.report(by=self.user, **form.cleaned_data)
        except PeriodTaken as refusal:
            measurement = refusal.measurement
            if measurement.recorded_by_id != self.user.pk or not measurement.says_the_same_as(form.cleaned_data):
                form.add_error("period_start", str(refusal))
                return self.page(form=form, taken=measurement, status=400)
        messages.success(request, _("The measurement is reported. A coordinator will look at it."))
        return redirect(measurement)


class MeasurementDetail(MeasurementScoped, View):
    """One measurement beside what came before it; here coordinators verify it or return it with a note."""

    template_name = "labs/measurement.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.measurement_page(ReturnForm())

    def measurement_page(self, return_form: ReturnForm, status: int = 200) -> HttpResponse:
        measurement, user = self.measurement, self.user
        earlier = Measurement.objects.current().filter(goal=measurement.goal, period_end__lt=measurement.period_end)
        return self.page(
            status=status,
            return_form=return_form,
            earlier=earlier.select_related("goal", "decided_by").order_by("-period_end", "-pk")[:12],
            may_decide=measurement.decidable_by(user),
            own=measurement.recorded_by_id == user.pk,
            may_correct=measurement.is_current,
            events=measurement.events.newest_first() if user.is_coordinator else None,
        )
