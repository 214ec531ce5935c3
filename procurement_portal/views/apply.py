from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from procurement_portal.forms.application import ApplicationForm
from procurement_portal.models import Application
from procurement_portal.views.forms import PicturesFormView


class ApplyView(PicturesFormView):
    """The application form. Sent twice it makes one application and leads to the same receipt."""

    form_class = ApplicationForm
    template_name = "procurement_portal/apply.html"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._sent_already() or super().post(*args, **kwargs)

    def form_valid(self, form: ApplicationForm) -> HttpResponse:
        application, _is_new = Application.receive(language=get_language() or "sv", **form.columns())
        return redirect(application.get_receipt_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        # Its pictures may be taken because the other of two clicks was served while we looked at this one.
        return self._sent_already() or super().form_invalid(form)

    def _sent_already(self) -> HttpResponse | None:
        key = ApplicationForm.key_of(self.request.POST)
        application = Application.objects.filter(form_key=key).first() if key else None
        return redirect(application.get_receipt_url()) if application else None
