from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import View

from labs.forms import MeasurementForm
from labs.views.scoped import MeasurementScoped


class CorrectionNew(MeasurementScoped, View):
    """A measurement written anew: the form starts with what the old one says."""

    template_name = "labs/correction_form.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.measurement.require_current()
        return self.page(form=MeasurementForm(self.measurement.goal, corrects=self.measurement))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = MeasurementForm(self.measurement.goal, request.POST, corrects=self.measurement)
        if not form.is_valid():
            return self.page(form=form, status=400)
        replacement = self.measurement.correct(by=self.user, **form.cleaned_data)
        messages.success(request, _("The correction is reported. A coordinator will look at it."))
        return redirect(replacement)
