from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views import View

from newsletter.forms.moment import MomentForm
from newsletter.views.scope import EntryScoped


class PublicationView(EntryScoped, View):
    """POST publishes the entry."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        entry = self.entry
        entry.publish(by=request.user)
        messages.success(request, _("Published. Everyone can read the entry now."))
        return redirect(entry)


class EntryScheduleView(EntryScoped, View):
    """POST sets when the clock shall publish the entry."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        entry = self.entry
        form = MomentForm(request.POST)
        if not form.is_valid():
            return render(request, "newsletter/entry_moment.html", {"form": form, "entry": entry}, status=400)
        at = form.cleaned_data["at"]
        entry.schedule(at, by=request.user)
        shown = date_format(timezone.localtime(at), "DATETIME_FORMAT")
        messages.success(request, _("The entry will be published %(at)s.") % {"at": shown})
        return redirect(entry)


class WithdrawalView(EntryScoped, View):
    """POST takes a scheduled or published entry back to draft."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        entry = self.entry
        entry.withdraw(by=request.user)
        messages.success(request, _("The entry is a draft again. Only the lab and the coordinators see it."))
        return redirect(entry)
