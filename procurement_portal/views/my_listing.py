"""The pages of a listed company, behind the link that is mailed to its address."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from procurement_portal.forms.change import ChangeForm
from procurement_portal.models import ChangeRequest, Supplier
from procurement_portal.models.validity import RenewalLinkOver
from procurement_portal.views.forms import PicturesFormView
from procurement_portal.views.signed_page import SignedAddress


class ListingByLink(SignedAddress):
    """`self.supplier` is the one that the mailed link leads to."""

    over = RenewalLinkOver
    over_template_name = "procurement_portal/my_listing/over.html"

    supplier: Supplier

    def find(self, token: str) -> None:
        suppliers = Supplier.objects.select_related("logo", "picture", "contact_picture")
        self.supplier = suppliers.by_renewal_link(token)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{**kwargs, "supplier": self.supplier, **self.kwargs})  # type: ignore[misc]


class MyListingView(ListingByLink, TemplateView):
    """GET shows what the directory says and what became of proposals, POST lets it stand for two more years."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "procurement_portal/my_listing/listing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        changes = list(self.supplier.change_requests.newest_first()[:10])
        return super().get_context_data(
            open_change=next((change for change in changes if change.is_open), None),
            awaiting=self.supplier.change_awaiting_confirmation,
            closed_changes=[change for change in changes if not change.is_open],
            **kwargs,
        )

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        self.supplier.renew()
        messages.success(request, _("Thank you! The listing stands for two more years."))
        return redirect(self.supplier)


class ChangeProposalView(ListingByLink, PicturesFormView):
    """The company proposes a change. With ?from=page the form begins from the page, not from an earlier proposal."""

    form_class = ChangeForm
    template_name = "procurement_portal/my_listing/change.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.supplier.refuse_unless_changeable()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._sent_already() or super().post(request, *args, **kwargs)

    @property
    def begun_from(self) -> ChangeRequest | None:
        if not hasattr(self, "_begun_from"):
            from_page = self.request.GET.get("from") == "page"
            self._begun_from = None if from_page else self.supplier.change_to_begin_from
        return self._begun_from

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "supplier": self.supplier, "begun_from": self.begun_from}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(begun_from=self.begun_from, **kwargs)

    def form_valid(self, form: ChangeForm) -> HttpResponse:
        self.supplier.propose(form_key=form.form_key, consent=form.agreed_to, **form.wishes())
        messages.success(self.request, _("Thank you! We have got your proposal, and answer it by e-mail."))
        return self._back()

    def form_invalid(self, form: Any) -> HttpResponse:
        # Its pictures may be taken because the other of two clicks was served while we looked at this one.
        return self._sent_already() or super().form_invalid(form)

    def _sent_already(self) -> HttpResponse | None:
        key = ChangeForm.key_of(self.request.POST)
        is_there = key is not None and self.supplier.change_requests.filter(form_key=key).exists()
        return self._back() if is_there else None

    def _back(self) -> HttpResponse:
        return redirect("procurement_portal:renewal", self.kwargs["token"])


class ChangeWithdrawalView(ListingByLink, View):
    """POST takes the open proposal back."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        change = self.supplier.open_change
        if change is None:
            # The button pressed twice, or a coordinator was quicker: the page says which.
            messages.info(request, _("There is no proposal to take back any more. What became of it is said below."))
        else:
            change.take_back()
            messages.success(request, _("The proposal is taken back. The page stays as it is."))
        return redirect("procurement_portal:renewal", token)
