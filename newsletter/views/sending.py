from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views import View

from newsletter.audience import Audience
from newsletter.forms.cancellation import CancellationForm
from newsletter.forms.sending import ConfirmedForm, ScheduledForm
from newsletter.models import Issue
from newsletter.models.dispatch import AudienceChanged, NothingToSend, SendTimeHasPassed
from newsletter.specimens import items_of, key_of
from newsletter.views.scope import IssueScoped


class SendingView(IssueScoped, View):
    """GET shows how many will get the issue; POST with that number sends it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        issue.check_unsent()
        return confirmation(request, issue)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        form = ConfirmedForm(request.POST)
        if not form.is_valid():
            return confirmation(request, issue, asked="now", status=400)
        try:
            issue.send(by=request.user, audience=form.cleaned_data["audience"])
        except AudienceChanged as change:
            return confirmation(request, issue, asked="now", sentence=str(change), status=409)
        except NothingToSend:
            # The page says why.
            return confirmation(request, issue, asked="now", status=409)
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
            return confirmation(request, issue, asked="later", status=400)
        at = form.cleaned_data["at"]
        try:
            issue.schedule(at, by=request.user, audience=form.cleaned_data["audience"])
        except AudienceChanged as change:
            return confirmation(request, issue, asked="later", sentence=str(change), status=409)
        except NothingToSend:
            return confirmation(request, issue, asked="later", status=409)
        except SendTimeHasPassed as refusal:
            return confirmation(request, issue, asked="later", unfit_time=str(refusal), status=400)
        shown = date_format(timezone.localtime(at), "DATETIME_FORMAT")
        messages.success(request, _("The issue will be sent %(at)s.") % {"at": shown})
        return redirect(issue.get_desk_url())


class CancellationView(IssueScoped, View):
    """GET asks once more; POST stops the issue for good."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.ask(CancellationForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue, form = self.issue, CancellationForm(request.POST)
        if not form.is_valid():
            return self.ask(form, status=400)
        issue.cancel(by=request.user, because=form.cleaned_data["because"])
        messages.success(request, _("The issue is cancelled. Nobody who has not got it yet will."))
        return redirect(issue.get_desk_url())

    def ask(self, form: CancellationForm, *, status: int = 200) -> HttpResponse:
        context = {"issue": self.issue, "form": form}
        return render(self.request, "newsletter/cancellation.html", context, status=status)


class TestView(IssueScoped, View):
    """POST sends the issue, or the version with the `items` looked at, in `language` to the coordinator who asks."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        language = "en" if request.POST.get("language") == "en" else "sv"
        items = items_of(issue, request.POST.get("items", ""))
        if not items:
            messages.error(request, _("There is nothing in it to send a test of."))
            return redirect(issue.get_desk_url())
        issue.send_test(items, language=language, by=request.user)
        email = request.user.email  # type: ignore[union-attr]
        messages.success(request, _("A test is on its way to %(email)s.") % {"email": email})
        if request.POST.get("items"):
            query = urlencode({"language": language, "items": key_of([item.pk for item in items])})
            return redirect(f"{reverse('newsletter:preview', args=[issue.pk])}?{query}")
        return redirect(issue.get_desk_url())


def confirmation(
    request: HttpRequest,
    issue: Issue,
    *,
    asked: str = "",
    sentence: str = "",
    unfit_time: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page that shows the number of recipients and asks for a yes, now or at a set time.

    `asked` says which of its two forms, "now" or "later", comes back with what was filled in; `unfit_time` what is
    amiss with the time in the latter.
    """
    audience = Audience(issue)
    variants = audience.variants()
    count = sum(number for _items, _language, number in variants)
    given = {asked: request.POST}
    context: dict[str, Any] = {
        "issue": issue,
        "items": audience.items,
        "audience": count,
        "variant_count": len(variants),
        "now": shown_again(ConfirmedForm(given.get("now"), count=count, auto_id="now_%s"), sentence),
        "later": shown_again(
            ScheduledForm(given.get("later"), count=count, initial={"at": issue.send_at}, auto_id="later_%s"), sentence
        ),
        "sentence": sentence,
    }
    if unfit_time:
        context["later"].add_error("at", unfit_time)
    return render(request, "newsletter/sending.html", context, status=status)


def shown_again(form: ConfirmedForm, sentence: str) -> ConfirmedForm:
    """The form as it comes back: under a sentence that says what is amiss, it does not complain as well."""
    if sentence and form.is_bound:
        form.is_valid()
        form.errors.clear()
    return form
