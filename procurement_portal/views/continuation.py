from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View

from antispam.limits import network
from procurement_portal.forms.application import ApplicationForm
from procurement_portal.models import StartedApplication
from procurement_portal.models.continuation import ContinuationOver
from procurement_portal.views.signed_page import SignedAddress
from procurement_portal.views.started import StartedScoped, StartedView


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


class StartedLinkView(StartedView):
    """POST keeps what is written and mails a link to it. The answer does not tell whether a mail went out."""

    def go_on(self, form: ApplicationForm) -> HttpResponse:
        try:
            email = form.fields["email"].clean(form.data.get("email"))
        except ValidationError as error:
            form.add_error("email", error)
            return self.refuse(form, status=400)
        if self.started:
            self.started.mail_link(email, network=network(self.request))
        messages.success(
            self.request,
            _("Saved. We e-mail a link to %(email)s. Open it where you want to go on.") % {"email": email},
        )
        return redirect(self.get_success_url())
