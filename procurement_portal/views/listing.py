from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.access import CoordinatorRequiredMixin
from procurement_portal.forms.review import ReasonForm
from procurement_portal.models import Supplier
from procurement_portal.views.forms import RefusingFormView


class SupplierScoped(CoordinatorRequiredMixin):
    kwargs: dict[str, Any]

    @property
    def supplier(self) -> Supplier:
        if not hasattr(self, "_supplier"):
            self._supplier = get_object_or_404(
                Supplier.objects.select_related("logo", "picture", "contact_picture"), slug=self.kwargs["slug"]
            )
        return self._supplier


class TakedownView(SupplierScoped, RefusingFormView):
    """GET asks why, POST hides the listing and its pictures at once."""

    form_class = ReasonForm
    template_name = "procurement_portal/takedown.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(supplier=self.supplier, **kwargs)

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        self.supplier.take_down(by=self.request.user, because=form.cleaned_data["because"])
        messages.success(self.request, _("The listing and its pictures are taken down."))
        return redirect(self.supplier)


class ListingView(SupplierScoped, View):
    """POST puts a listing back that was taken down."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        self.supplier.put_back(by=request.user)
        messages.success(request, _("The listing is public again."))
        return redirect(self.supplier)
