"""A proposed e-mail address: its owner is asked once more by the company, and says yes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View

from procurement_portal.models import ChangeRequest
from procurement_portal.models.new_address import AddressLinkOver
from procurement_portal.views.my_listing import ListingByLink
from procurement_portal.views.signed_page import SignedAddress


class NewAddressMailView(ListingByLink, View):
    """POST mails the link to the proposed address once more."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        change = self.supplier.change_awaiting_confirmation
        if change is not None and change.mail_new_address():
            messages.success(request, _("We have sent the e-mail to %(email)s.") % {"email": change.new_email})
        elif change is not None:
            messages.warning(
                request, _("We have sent that e-mail several times today. Look in the spam folder, or try tomorrow.")
            )
        return redirect("procurement_portal:renewal", token)


class NewAddressView(SignedAddress):
    """GET asks whoever reads the new address, POST confirms it."""

    http_method_names = ["get", "head", "post", "options"]
    over = AddressLinkOver
    over_template_name = "procurement_portal/my_listing/address_over.html"

    def find(self, token: str) -> None:
        self.change = ChangeRequest.objects.select_related("supplier").by_address_link(token)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(request, "procurement_portal/my_listing/address.html", {"change": self.change})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        self.change.confirm_address()
        if self.change.has_moved:
            messages.success(request, _("Thank you! The page has the new address now."))
            return redirect(self.change.supplier.get_renewal_url())
        messages.success(request, _("Thank you! The address is confirmed."))
        return redirect("procurement_portal:new_address", token)
