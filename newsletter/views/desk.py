from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from newsletter.audience import Audience
from newsletter.forms.issue import IssueForm
from newsletter.merging import WordsMerge
from newsletter.models import Issue
from newsletter.models.composition import NoLongerDraft
from newsletter.models.wording import SavedMeanwhile
from newsletter.views.items import composition
from newsletter.views.progress import standing
from newsletter.views.scope import IssueScoped

# So many events of an issue are shown; the others are a link away.
NEWEST = 50


class DeskView(IssueScoped, View):
    """Where an issue is worked on while it is a draft, and followed once it is on its way."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        return self.show(issue, IssueForm(instance=issue))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        form = IssueForm(request.POST, instance=issue)
        if not form.is_valid():
            # The page is about the issue as it is, not as the form would have it.
            return self.show(self.issue, form, status=400)
        try:
            form.save_for(issue, by=request.user)
        except NoLongerDraft as refusal:
            return self.show(self.issue, form, refused=str(refusal), status=409)
        except SavedMeanwhile as conflict:
            context = {"issue": issue, "merge": WordsMerge(issue, conflict)}
            return render(request, "newsletter/words_merge.html", context, status=409)
        messages.success(request, _("Saved."))
        return redirect(issue.get_desk_url())

    def show(self, issue: Issue, form: IssueForm, *, refused: str = "", status: int = 200) -> HttpResponse:
        context: dict[str, Any] = composition(self.request, issue) | {"form": form, "refused": refused}
        context |= self.history(issue)
        if issue.is_editable or issue.state == Issue.State.SCHEDULED:
            context["audience"] = Audience(issue).count()
        if issue.is_under_way or issue.frozen_at is not None:
            context |= standing(issue, fresh=True)
        return render(self.request, "newsletter/desk.html", context, status=status)

    def history(self, issue: Issue) -> dict[str, Any]:
        """What has happened with the issue: the newest of it, or all when the address asks for that."""
        events = issue.events.newest_first()
        if self.request.GET.get("history") == "all":
            return {"events": events, "more_events": False}
        newest = list(events[: NEWEST + 1])
        return {"events": newest[:NEWEST], "more_events": len(newest) > NEWEST}
