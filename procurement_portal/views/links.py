from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from procurement_portal.forms.application import EmailForm
from procurement_portal.models import Application
from procurement_portal.models.link import ExpiredLinkError, ForgedLinkError
from procurement_portal.views.signed_page import SignedAddress


class SignedPage(SignedAddress):
    """A page of the applicant: `self.application` is the one that the token leads to."""

    over = (ForgedLinkError, ExpiredLinkError)
    over_template_name = "procurement_portal/link_refused.html"

    application: Application

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # A TemplateView passes the address's parts along, a FormView does not.
        return super().get_context_data(**{**kwargs, "application": self.application, **self.kwargs})  # type: ignore[misc]

    def link_is_over(self, reason: Exception) -> HttpResponse:
        expired = isinstance(reason, ExpiredLinkError)
        context = {"form": EmailForm(), "expired": expired}
        return render(self.request, self.over_template_name, context, status=410 if expired else 404)


class LinkScoped(SignedPage):
    """The pages behind the mailed link."""

    def find(self, token: str) -> None:
        applications = Application.objects.select_related("logo", "picture", "contact_picture")
        self.application = applications.by_link(token)


class ReceiptScoped(SignedPage):
    """The page that the browser which sent the form comes to."""

    def find(self, token: str) -> None:
        self.application = Application.objects.by_receipt(token)
