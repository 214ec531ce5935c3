from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import View

from labs.forms import ReturnForm
from labs.views.measurements import MeasurementDetail
from labs.views.scoped import MeasurementScoped


class Verification(MeasurementScoped, View):
    """POST: a coordinator vouches for the number."""

    http_method_names = ["post"]

    def may(self) -> bool:
        self.measurement  # noqa: B018 - outsiders get 404 before 403
        return self.user.is_coordinator

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.measurement.verify(by=self.user)
        messages.success(request, _("The measurement is verified."))
        return redirect(self.measurement)


class Return(MeasurementDetail):
    """POST: a coordinator sends the number back with a note on what to mend."""

    http_method_names = ["post"]

    def may(self) -> bool:
        self.measurement  # noqa: B018 - outsiders get 404 before 403
        return self.user.is_coordinator

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ReturnForm(request.POST)
        if not form.is_valid():
            return self.measurement_page(form, status=400)
        self.measurement.return_with(form.cleaned_data["note"], by=self.user)
        messages.success(request, _("The measurement is returned, and the person who recorded it gets an e-mail."))
        return redirect(self.measurement)
