from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from procurement_portal.models import Supplier
from procurement_portal.models.validity import RenewalLinkOver
from procurement_portal.views.signed_page import SignedAddress


class RenewalView(SignedAddress):
    """GET shows what stands in the directory, POST lets it stand for two more years."""

    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except RenewalLinkOver:
            return render(request, "procurement_portal/renewal_over.html", status=404)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        supplier = Supplier.objects.by_renewal_link(token)
        return render(request, "procurement_portal/renewal.html", {"supplier": supplier})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        supplier = Supplier.objects.by_renewal_link(token)
        supplier.renew()
        messages.success(request, _("Thank you! The listing stands for two more years."))
        return redirect(supplier)
