from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from generic.lists import wants_partial
from newsletter.models import Issue
from newsletter.progress import progress_of, speed, stands_still, time_left
from newsletter.views.scope import IssueScoped


def standing(issue: Issue, *, fresh: bool = False) -> dict[str, Any]:
    """What the page shows of how far the sending has come."""
    progress = progress_of(issue, fresh=fresh)
    return {
        "issue": issue,
        "progress": progress,
        "speed": speed(progress.rate) if issue.state == Issue.State.SENDING else "",
        # Asked only when nothing has gone out for half a minute.
        "stands_still": issue.is_under_way and not progress.rate and stands_still(issue, fresh=fresh),
        "time_left": time_left(progress.seconds_left) if issue.state == Issue.State.SENDING else "",
        # Said aloud at every tenth part, not every other second.
        "tenth": progress.percent // 10,
    }


class ProgressView(IssueScoped, View):
    """How the sending stands, for the desk to ask every other second: only the figures while all goes on, the whole
    section and what belongs to it once the issue is in another state than the asker has seen."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        if not wants_partial(request):
            return redirect(f"{issue.get_desk_url()}#progress")
        context = standing(issue)
        if request.GET.get("state") == issue.state:
            context["say"] = request.GET.get("tenth") != str(context["tenth"])
            return render(request, "newsletter/_figures.html", context)
        if issue.frozen_at is None and not issue.is_under_way:
            # It could not be prepared, or was cancelled before: a page of another kind.
            response = HttpResponse()
            response["HX-Refresh"] = "true"
            return response
        response = render(request, "newsletter/_progress.html", context | {"beside": True})
        response["HX-Retarget"], response["HX-Reswap"] = "#progress", "outerHTML"
        return response


class IssuePauseView(IssueScoped, View):
    """POST pauses the sending; POST with `take_back` goes on with it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        if "take_back" in request.POST:
            issue.resume(by=request.user)
            messages.success(request, _("The sending goes on."))
        else:
            issue.pause(by=request.user)
            messages.success(request, _("The sending is paused. Those who wait go on waiting."))
        return redirect(issue.get_desk_url())
