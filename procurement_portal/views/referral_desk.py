"""What coordinators see of tips to colleagues: numbers, and the switch for our mails."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts.access import CoordinatorRequiredMixin
from generic.lists import readable
from procurement_portal.forms.referral import PauseForm
from procurement_portal.models import Referral, ReferralPause
from procurement_portal.referral_numbers import ReferralNumbers

PAGES_SHOWN = 25


class ReferralsView(CoordinatorRequiredMixin, TemplateView):
    """How many tips there were, by week or (?by=day) by day, and about what. Nobody's address is shown."""

    template_name = "procurement_portal/referrals.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = readable(self.request.GET)
        numbers = ReferralNumbers(by=query.get("by", ""))
        page = Paginator(numbers.pages(), PAGES_SHOWN).get_page(query.get("page"))
        context: dict[str, Any] = {
            "numbers": numbers,
            "page_obj": page,
            "tipped": numbers.named(list(page.object_list)),
            "pause": ReferralPause.objects.current().select_related("begun_by").first(),
            "earlier_pauses": ReferralPause.objects.ended().select_related("begun_by", "ended_by")[:10],
            "can_mail": Referral.may_be_mailed(),
            "form": PauseForm(),
        }
        return super().get_context_data(**{**context, **kwargs})


class ReferralPauseView(ReferralsView):
    """POST turns our mails off, with a reason; one that is not right is shown on the page."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PauseForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        ReferralPause.begin(by=request.user, because=form.cleaned_data["because"])
        messages.success(request, _("The mails are turned off. The link and people’s own mail programs still work."))
        return redirect("procurement_portal:referrals")


class ReferralResumptionView(CoordinatorRequiredMixin, View):
    """POST turns our mails on again."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        ReferralPause.end_current(by=request.user)
        messages.success(request, _("The mails are turned on again."))
        return redirect("procurement_portal:referrals")
