from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from newsletter.forms.recipients import NumberForm
from newsletter.mail_reply import told
from newsletter.models.failure import FailedChanged, NothingFailed
from newsletter.views.scope import IssueScoped

# So many different answers of the mail server are quoted.
SHOWN = 5


class FailedView(IssueScoped, View):
    """GET says how many did not get the issue and why; POST sends it to them again."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.ask(self.issue)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        form = NumberForm(request.POST)
        if not form.is_valid():
            return self.ask(issue, sentence=_("Look at the number once more and decide."), status=400)
        try:
            again = issue.send_failed_again(by=request.user, expected=form.cleaned_data["number"])
        except FailedChanged as change:
            return self.ask(issue, sentence=str(change), status=409)
        said = ngettext(
            "The issue goes to %(number)d recipient again.", "The issue goes to %(number)d recipients again.", again
        )
        messages.success(request, said % {"number": again})
        return redirect(issue.get_desk_url())

    def ask(self, issue: Any, *, sentence: str = "", status: int = 200) -> HttpResponse:
        failed = issue.can_be_sent_again()
        number = failed.count()
        if not number:
            raise NothingFailed(_("There is nobody to send to again."))
        answers = failed.order_by().values_list("smtp_reply").annotate(number=Count("pk")).order_by("-number")
        context = {
            "issue": issue,
            "number": number,
            "answers": [(told(reply), count) for reply, count in answers[:SHOWN]],
            "sentence": sentence,
        }
        return render(self.request, "newsletter/failed.html", context, status=status)
