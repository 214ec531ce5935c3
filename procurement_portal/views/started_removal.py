from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View

from antispam import tickets
from procurement_portal.models import StartedApplication
from procurement_portal.views.started import StartedScoped


class StartedRemovalView(StartedScoped, View):
    """GET asks whether they are sure, POST throws away what the page has shown, whatever was begun since."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.started is None:
            return redirect("procurement_portal:apply")
        context = {"started": self.started, "ticket": tickets.new_ticket(self.started.form_key)}
        return render(request, "procurement_portal/started_removal.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        shown = StartedApplication.objects.first_of([self.key_in_form])
        if shown:
            shown.discard()
            if self.key_in_session == shown.form_key:
                self.forget()
            messages.success(request, _("It is thrown away."))
        return redirect("procurement_portal:apply")
