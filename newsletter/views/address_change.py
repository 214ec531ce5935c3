from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from antispam.limits import network, within
from newsletter.forms.new_address import NewAddressForm
from newsletter.models import AddressChange
from newsletter.models.changing_address import SameAddress, TooManyChanges
from newsletter.views.scope import SubscriberScoped

DAY = 24 * 3600


@method_decorator(never_cache, name="dispatch")
class AddressView(SubscriberScoped, View):
    """GET asks for the new address; POST writes there. What is answered is the same whoever has that address."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show(NewAddressForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = self.subscriber
        form = NewAddressForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        if not self._within_limits(form.cleaned_data["email"]):
            return self.show(form, status=429, too_many=True)
        try:
            subscriber.ask_to_move(form.cleaned_data["email"])
        except (SameAddress, TooManyChanges) as refusal:
            form.add_error("email", str(refusal))
            return self.show(form, status=409)
        messages.success(request, _("We have written to the new address. Open the link there and press the button."))
        return redirect(subscriber.preferences_path)

    def _within_limits(self, email: str) -> bool:
        from_here = within("address-change", network(self.request) or "unknown", most=20)
        return within("address-change-to", email.lower(), most=3, seconds=DAY) and from_here

    def show(self, form: NewAddressForm, *, status: int = 200, too_many: bool = False) -> HttpResponse:
        context = {"form": form, "subscriber": self.subscriber, "too_many": too_many}
        return render(self.request, "newsletter/address.html", context, status=status)


class AddressWithdrawalView(SubscriberScoped, View):
    """POST takes a change of address back that waits to be confirmed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        subscriber = self.subscriber
        subscriber.stay()
        messages.success(request, _("Taken back. The newsletter goes on coming to the same address."))
        return redirect(subscriber.preferences_path)


@method_decorator(never_cache, name="dispatch")
class AddressConfirmationView(View):
    """Where the link in the letter to the new address leads. Opening it changes nothing; the button moves."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        change = self._found(token)
        if change is None or not change.is_open:
            return self._over(request)
        return render(request, "newsletter/address_confirmation.html", {"change": change})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        change = self._found(token)
        if change is None or not (change.is_open or change.just_confirmed):
            return self._over(request)
        subscriber = change.subscriber
        subscriber.move(change)
        messages.success(request, _("Done. The newsletter comes to this address from now on."))
        return redirect(subscriber.preferences_path)

    @staticmethod
    def _found(token: str) -> AddressChange | None:
        return AddressChange.objects.filter(token=token).select_related("subscriber").first()

    @staticmethod
    def _over(request: HttpRequest) -> HttpResponse:
        return render(request, "newsletter/address_over.html", status=404)
