from contextlib import nullcontext
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from procurement_portal.forms.application import ApplicationForm
from procurement_portal.models import Application
from procurement_portal.models.refusals import TooManyStarted, TooMuchToKeep
from procurement_portal.models.started_application import turn_of
from procurement_portal.views.started import StartedFormView
from workflow import in_long_turn


class ApplyView(StartedFormView):
    """The application form, as it was left. Sent twice it makes one application and leads to the same receipt."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.started and self.started.is_elsewhere(self.visitor):
            return render(request, "procurement_portal/continuation.html", {"started": self.started, "here": True})
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> ApplicationForm:
        if self.request.method != "POST" and self.started:
            return ApplicationForm.resumed(self.started, visitor=self.visitor)
        return super().get_form(form_class)

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        key = self.started.form_key if self.started else self.key_in_form
        # The second of two clicks waits for the first, and finds what came of it.
        with in_long_turn(turn_of(key)) if key else nullcontext():
            return self.sent_already() or self.take()

    def take(self) -> HttpResponse:
        """Send in a form that is right; keep what any other holds before it is shown again."""
        self.bring_here()
        form = self.get_form()
        try:
            if self.started or not form.is_valid():
                self.keep(form)
        except (TooManyStarted, TooMuchToKeep):
            pass  # It is not kept, but it stands on the screen.
        if form.is_valid():
            return self.form_valid(form)
        if form.is_outdated:
            return self.refuse(form, status=409)
        return self.form_invalid(form)

    def form_valid(self, form: ApplicationForm) -> HttpResponse:
        columns = form.columns()
        if self.started:
            columns["form_key"] = self.started.form_key
        application, _is_new = Application.receive(language=get_language() or "sv", **columns)
        self.forget()
        return redirect(application.get_receipt_url())
