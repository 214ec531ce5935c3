from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import DetailView, TemplateView, View

from accounts.access import CoordinatorRequiredMixin
from antispam.limits import network, within
from procurement_portal.forms.filters import TipFilter
from procurement_portal.forms.tip import TipForm
from procurement_portal.models import Tip
from procurement_portal.views.forms import RefusingFormView
from procurement_portal.views.lists import FilteredList

# From one network. Each tip is a mail to every coordinator.
TIPS_AN_HOUR = 20


class TipUsView(RefusingFormView):
    """The form for a tip. Sent twice it makes one."""

    form_class = TipForm
    template_name = "procurement_portal/tip_us.html"
    success_url = reverse_lazy("procurement_portal:tip_received")

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        key = TipForm.key_of(self.request.POST)
        if key and Tip.objects.filter(form_key=key).exists():
            return redirect(self.get_success_url())
        return super().post(*args, **kwargs)

    def form_valid(self, form: TipForm) -> HttpResponse:
        if not within("tip", network(self.request) or "unknown", most=TIPS_AN_HOUR):
            form.add_error(None, _("Many tips have come from your network this hour. Wait a while and send it again."))
            return self.refuse(form, status=429)
        Tip.receive(language=get_language() or "sv", **form.columns())
        return redirect(self.get_success_url())


class TipReceivedView(TemplateView):
    template_name = "procurement_portal/tip_received.html"


class TipsView(CoordinatorRequiredMixin, FilteredList):
    filter_class = TipFilter
    template_name = "procurement_portal/tips.html"
    context_object_name = "tips"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Tip]:
        tips = Tip.objects.search(self.filter.chosen("q")).select_related("handled_by")
        return tips.handled() if self.filter.chosen("state") == "handled" else tips.unhandled()


class TipView(CoordinatorRequiredMixin, DetailView):
    queryset = Tip.objects.select_related("handled_by")
    template_name = "procurement_portal/tip.html"
    context_object_name = "tip"


class TipScoped(CoordinatorRequiredMixin, View):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        tip = get_object_or_404(Tip, pk=pk)
        self.act(tip)
        return redirect(tip)

    def act(self, tip: Tip) -> None:
        raise NotImplementedError


class HandlingView(TipScoped):
    """POST marks the tip as handled."""

    def act(self, tip: Tip) -> None:
        tip.handle(by=self.request.user)
        messages.success(self.request, _("The tip is marked as handled."))


class ReopeningView(TipScoped):
    """POST opens the tip again."""

    def act(self, tip: Tip) -> None:
        tip.reopen(by=self.request.user)
        messages.success(self.request, _("The tip is open again."))
