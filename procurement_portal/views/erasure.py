from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from procurement_portal.views.links import LinkScoped


class ErasureView(LinkScoped, TemplateView):
    """GET says what goes and what stands in the way, POST erases the application."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "procurement_portal/erasure.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.application.stands_in_the_portal:
            self.application.refuse_unless_erasable()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        reference = self.application.reference
        self.application.erase()
        return render(request, "procurement_portal/erased.html", {"reference": reference})


class TakedownRequestView(LinkScoped, View):
    """POST asks the coordinators to take the listing down."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        self.application.request_takedown()
        messages.success(request, _("Thank you. We have been told, and take the page down."))
        return redirect("procurement_portal:erasure", token)


class ExportView(LinkScoped, View):
    """Everything we have about the application that the applicant may see, as a file."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        response = JsonResponse(self.application.export(), json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="{self.application.reference}.json"'
        return response
