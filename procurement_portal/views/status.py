from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from procurement_portal.models.refusals import AlreadyConfirmed
from procurement_portal.views.links import LinkScoped


class StatusView(LinkScoped, TemplateView):
    """The applicant's own page: where the application is, what has happened, what they can do."""

    template_name = "procurement_portal/status.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            timeline=self.application.timeline(),
            complement_request=self.application.open_complement_request,
            rejected=self.application.rejected_pictures() if self.application.is_open else [],
            **kwargs,
        )


class ConfirmationView(LinkScoped, View):
    """POST confirms the e-mail address. The link in the mail leads to a page with the button, never here."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            self.application.confirm()
        except AlreadyConfirmed as refusal:
            # The button pressed twice: what was wanted is done.
            messages.info(request, str(refusal))
        else:
            messages.success(request, _("Thank you! The application has been sent in."))
        return redirect("procurement_portal:status", token)


class WithdrawalView(LinkScoped, TemplateView):
    """GET asks whether they are sure, POST withdraws the application."""

    template_name = "procurement_portal/withdrawal.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.application.refuse_unless_open()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        self.application.withdraw()
        messages.success(request, _("The application has been withdrawn."))
        return redirect("procurement_portal:status", token)
