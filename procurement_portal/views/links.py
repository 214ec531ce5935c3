from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.generic.base import ContextMixin

from procurement_portal.forms.application import EmailForm
from procurement_portal.models import Application
from procurement_portal.models.link import ExpiredLinkError, ForgedLinkError


class SignedPage(ContextMixin):
    """A page behind a signed token: nothing keeps it, and its address is not told to other sites."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = self._answer(request, *args, **kwargs)
        add_never_cache_headers(response)
        # The address is a key. same-origin: our own CSRF check needs to see it, nobody else does.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.application = self.find_application(kwargs["token"])
        except ForgedLinkError:
            return self._refuse(request, status=404)
        except ExpiredLinkError:
            return self._refuse(request, status=410)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def find_application(self, token: str) -> Application:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # A TemplateView passes the address's parts along, a FormView does not.
        return super().get_context_data(**{**kwargs, "application": self.application, **self.kwargs})  # type: ignore[attr-defined]

    @staticmethod
    def _refuse(request: HttpRequest, *, status: int) -> HttpResponse:
        context = {"form": EmailForm(), "expired": status == 410}
        return render(request, "procurement_portal/link_refused.html", context, status=status)


class LinkScoped(SignedPage):
    """Pages of the applicant: `self.application` is the one that the mailed link leads to."""

    def find_application(self, token: str) -> Application:
        return Application.objects.select_related("logo", "picture", "contact_picture").by_link(token)


class ReceiptScoped(SignedPage):
    """The page that the browser which sent the form comes to."""

    def find_application(self, token: str) -> Application:
        return Application.objects.by_receipt(token)
