from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views import View

from newsletter import mails
from newsletter.audience import Audience
from newsletter.forms.sending import ConfirmedForm, ScheduledForm
from newsletter.models import Issue
from newsletter.models.dispatch import AlreadySent, AudienceChanged
from newsletter.views.scope import IssueScoped


class SendingView(IssueScoped, View):
    """GET shows how many will get the issue; POST with that number sends it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        if issue.state not in {Issue.State.DRAFT, Issue.State.SCHEDULED}:
            raise AlreadySent(_("The issue has already been sent or cancelled; somebody may have been faster."))
        return confirmation(request, issue)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        form = ConfirmedForm(request.POST)
        if not form.is_valid():
            return confirmation(request, issue, status=400)
        try:
            issue.send(by=request.user, audience=form.cleaned_data["audience"])
        except AudienceChanged as change:
            return confirmation(request, issue, sentence=str(change), status=409)
        messages.success(request, _("The issue is on its way."))
        return redirect(issue.get_desk_url())


class IssueScheduleView(IssueScoped, View):
    """POST with a time and the number of recipients has the clock send it; POST with `take_back` undoes that."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        if "take_back" in request.POST:
            issue.unschedule(by=request.user)
            messages.success(request, _("The set time is taken back. The issue is a draft again."))
            return redirect(issue.get_desk_url())
        form = ScheduledForm(request.POST)
        if not form.is_valid():
            return confirmation(request, issue, schedule=form, status=400)
        at = form.cleaned_data["at"]
        try:
            issue.schedule(at, by=request.user, audience=form.cleaned_data["audience"])
        except AudienceChanged as change:
            return confirmation(request, issue, sentence=str(change), status=409)
        shown = date_format(timezone.localtime(at), "DATETIME_FORMAT")
        messages.success(request, _("The issue will be sent %(at)s.") % {"at": shown})
        return redirect(issue.get_desk_url())


class CancellationView(IssueScoped, View):
    """GET asks once more; POST stops the issue for good."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "newsletter/cancellation.html", {"issue": self.issue})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        issue.cancel(by=request.user, because=request.POST.get("because", "").replace("\x00", "")[:300])
        messages.success(request, _("The issue is cancelled. Nobody who has not got it yet will."))
        return redirect(issue.get_desk_url())


class TestView(IssueScoped, View):
    """POST sends the issue to the coordinator who asks, in the language `language`."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        language = "en" if request.POST.get("language") == "en" else "sv"
        mails.test_issue(issue, to=request.user.email, language=language)  # type: ignore[union-attr]
        issue.record("tested", by=request.user, language=language)
        messages.success(request, _("A test is on its way to %(email)s.") % {"email": request.user.email})  # type: ignore[union-attr]
        return redirect(issue.get_desk_url())


def confirmation(
    request: HttpRequest,
    issue: Issue,
    *,
    schedule: ScheduledForm | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page that shows the number of recipients and asks for a yes, now or at a set time."""
    audience = Audience(issue)
    variants = audience.variants()
    count = sum(number for _items, _language, number in variants)
    context: dict[str, Any] = {
        "issue": issue,
        "items": audience.items,
        "audience": count,
        "variant_count": len(variants),
        "schedule": schedule or ScheduledForm(initial={"audience": count, "at": issue.send_at}),
        "sentence": sentence,
    }
    return render(request, "newsletter/sending.html", context, status=status)
