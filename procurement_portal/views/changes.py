"""What coordinators do about changes that suppliers propose."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.access import CoordinatorRequiredMixin
from procurement_portal.forms.change import AcceptanceForm, ChangesFilter, DeclineForm
from procurement_portal.models import ChangeRequest
from procurement_portal.views.forms import RefusingFormView
from procurement_portal.views.lists import FilteredList


class ChangesView(CoordinatorRequiredMixin, FilteredList):
    filter_class = ChangesFilter
    template_name = "procurement_portal/changes.html"
    context_object_name = "changes"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        changes = ChangeRequest.objects.search(self.filter.chosen("q")).select_related("supplier", "decided_by")
        return changes.closed() if self.filter.chosen("state") == "closed" else changes.open()


class ChangeScoped(CoordinatorRequiredMixin):
    kwargs: dict[str, Any]

    @cached_property
    def change(self) -> ChangeRequest:
        changes = ChangeRequest.objects.with_pictures().select_related(
            "decided_by", "supplier__logo", "supplier__picture", "supplier__contact_picture"
        )
        return get_object_or_404(changes, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(change=self.change, supplier=self.change.supplier, **kwargs)  # type: ignore[misc]


class ChangeView(ChangeScoped, TemplateView):
    """Both sides, field by field."""

    template_name = "procurement_portal/change.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", AcceptanceForm(change=self.change))
        return super().get_context_data(changes=self.change.changes(), **kwargs)


class AcceptanceView(ChangeView):
    """POST takes over what is ticked."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.change.refuse_unless_open()
        form = AcceptanceForm(request.POST, change=self.change)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        self.change.accept(form.cleaned_data["fields_accepted"], by=request.user, because=form.cleaned_data["because"])
        messages.success(request, _("The page is changed, and the supplier has been sent an e-mail."))
        if self.change.awaits_confirmation:
            messages.info(request, _("The new e-mail address counts once its owner has confirmed it."))
        return redirect(self.change)


class DeclineView(ChangeScoped, RefusingFormView):
    """GET asks why, POST leaves the page as it is."""

    form_class = DeclineForm
    template_name = "procurement_portal/change_decline.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.change.refuse_unless_open()
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: DeclineForm) -> HttpResponse:
        self.change.decline(by=self.request.user, because=form.cleaned_data["because"])
        messages.success(self.request, _("The proposal is declined, and the supplier has been sent an e-mail."))
        return redirect(self.change)
