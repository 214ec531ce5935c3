from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from newsletter.forms.recipients import ChosenForm
from newsletter.models import Issue
from newsletter.models.uncertainty import NothingUncertain, NumberChanged
from newsletter.views.deliveries import DeliveriesView
from newsletter.views.scope import IssueScoped

# So many addresses are written out before somebody says yes.
SHOWN = 20


class UncertainScoped(IssueScoped):
    """Finds the uncertain deliveries that the request is about."""

    request: HttpRequest

    def find(self, data: QueryDict) -> None:
        self.found_issue: Issue = self.issue
        self.form = ChosenForm(data)
        self.form.is_valid()
        self.chosen = self.form.chosen(self.found_issue.deliveries.uncertain())
        self.number = self.chosen.count()

    @property
    def wanted(self) -> dict[str, Any]:
        """What the model's verbs are to be given: the ids, or for all of them the number that was said yes to."""
        if not self.form.for_all:
            return {"only": self.form.ids}
        return {"expected": self.form.cleaned_data.get("number") or 0}

    def back(self) -> HttpResponse:
        return redirect(reverse("newsletter:deliveries", args=[self.found_issue.pk]))

    def nothing_ticked(self) -> HttpResponse | None:
        if self.form.for_all or self.form.ids:
            return None
        messages.warning(self.request, _("Tick the recipients you decide about first."))
        return redirect(reverse("newsletter:deliveries", args=[self.found_issue.pk]) + "?state=open")


class ClosureView(UncertainScoped, DeliveriesView):
    """POST leaves uncertain deliveries at that: they stay uncertain in the books and wait for nobody. When there are
    not as many as was said, the recipients are shown again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.find(request.POST)
        if answer := self.nothing_ticked():
            return answer
        try:
            closed = self.found_issue.close_uncertain(by=request.user, **self.wanted)
        except NumberChanged as change:
            self.object_list = self.get_queryset()
            return self.render_to_response(self.get_context_data(sentence=str(change)), status=409)
        said = ngettext(
            "%(number)d recipient is left as uncertain.", "%(number)d recipients are left as uncertain.", closed
        )
        messages.success(request, said % {"number": closed})
        return self.back()


class ResendingView(UncertainScoped, View):
    """GET says what sending again means, and to whom; POST does it."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.find(request.GET)
        if answer := self.nothing_ticked():
            return answer
        self.found_issue.check_not_over()
        if not self.number:
            raise NothingUncertain(_("None of these deliveries is uncertain any more; somebody may have been faster."))
        return self.ask()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.find(request.POST)
        if answer := self.nothing_ticked():
            return answer
        try:
            again = self.found_issue.send_uncertain_again(by=request.user, **self.wanted)
        except NumberChanged as change:
            self.find(request.POST)
            return self.ask(sentence=str(change), status=409)
        said = ngettext(
            "The issue goes to %(number)d recipient again.", "The issue goes to %(number)d recipients again.", again
        )
        messages.success(request, said % {"number": again})
        return redirect(self.found_issue.get_desk_url())

    def ask(self, *, sentence: str = "", status: int = 200) -> HttpResponse:
        context = {
            "issue": self.found_issue,
            "number": self.number,
            "deliveries": self.chosen.select_related("subscriber").order_by("pk")[:SHOWN],
            "left_out": max(self.number - SHOWN, 0),
            "ids": [] if self.form.for_all else self.form.ids,
            "for_all": self.form.for_all,
            "sentence": sentence,
        }
        return render(self.request, "newsletter/resending.html", context, status=status)
