from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View

from procurement_portal.views.started import StartedScoped


class StartedRemovalView(StartedScoped, View):
    """GET asks whether they are sure, POST throws away what was written and leads to an empty form."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.started is None:
            return redirect("procurement_portal:apply")
        return render(request, "procurement_portal/started_removal.html", {"started": self.started})

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.started:
            self.started.discard()
            messages.success(request, _("It is thrown away. Here is an empty form."))
        self.forget()
        return redirect("procurement_portal:apply")
