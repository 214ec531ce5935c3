from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from newsletter.audience import Audience
from newsletter.forms.issue import IssueForm
from newsletter.forms.items import AddItemForm
from newsletter.forms.moment import MomentForm
from newsletter.models import Issue
from newsletter.views.scope import IssueScoped


class DeskView(IssueScoped, View):
    """Where an issue is worked on while it is a draft, and followed once it is on its way."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        return self.show(issue, IssueForm(instance=issue))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        form = IssueForm(request.POST, instance=issue)
        if not form.is_valid():
            return self.show(issue, form, status=400)
        form.save_for(issue, by=request.user)
        messages.success(request, _("Saved."))
        return redirect(issue.get_desk_url())

    def show(self, issue: Issue, form: IssueForm, *, status: int = 200) -> HttpResponse:
        context: dict[str, Any] = {
            "issue": issue,
            "items": list(issue.items.with_sources()),
            "form": form,
            "counts": None if issue.frozen_at is None else issue.deliveries.counts(),
        }
        if issue.is_editable:
            context |= {"audience": Audience(issue).count(), "add": AddItemForm(issue=issue)}
        elif issue.state == Issue.State.SCHEDULED:
            context |= {"audience": Audience(issue).count(), "moment": MomentForm(initial={"at": issue.send_at})}
        return render(self.request, "newsletter/desk.html", context, status=status)


class ItemsView(IssueScoped, View):
    """POST puts one more entry in, takes one out, or moves one a step: `add`, or `remove`, `up`, `down` with an id."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        if "add" in request.POST:
            form = AddItemForm(request.POST, issue=issue)
            if not form.is_valid():
                messages.error(request, " ".join(str(error) for error in form.errors["entry"]))
            else:
                issue.add(form.cleaned_data["entry"], by=request.user)
            return redirect(f"{issue.get_desk_url()}#items")
        order = list(issue.items.values_list("pk", flat=True))
        issue.arrange(rearranged(order, request.POST), by=request.user)
        return redirect(f"{issue.get_desk_url()}#items")


def rearranged(order: list[int], wish: Any) -> list[int]:
    """The ids in the order after the wish; what makes no sense changes nothing."""
    for verb in ("remove", "up", "down"):
        chosen = next((pk for pk in order if str(pk) == wish.get(verb)), None)
        if chosen is None:
            continue
        at = order.index(chosen)
        rest = order[:at] + order[at + 1 :]
        if verb == "remove":
            return rest
        to = max(at - 1, 0) if verb == "up" else at + 1
        return [*rest[:to], chosen, *rest[to:]]
    return order
