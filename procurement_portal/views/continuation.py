from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import View

from procurement_portal.models import StartedApplication
from procurement_portal.models.continuation import ContinuationOver
from procurement_portal.views.signed_page import SignedAddress
from procurement_portal.views.started import StartedScoped


class ContinuationView(StartedScoped, SignedAddress):
    """The mailed link. GET shows a page with a button, POST opens what was written in this browser."""

    http_method_names = ["get", "head", "post", "options"]
    over = ContinuationOver
    over_template_name = "procurement_portal/continuation_over.html"

    def find(self, token: str) -> None:
        self.linked = StartedApplication.objects.by_link(token)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        other = self.started if self.started != self.linked else None
        return render(request, "procurement_portal/continuation.html", {"started": self.linked, "other": other})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        self.linked.go_on_in(self.visitor)
        self.remember(self.linked)
        return redirect("procurement_portal:apply")


class HereView(StartedScoped, View):
    """POST goes on in this browser, after another one has had it."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        self.bring_here()
        return redirect("procurement_portal:apply")
