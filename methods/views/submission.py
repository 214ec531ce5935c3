from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from methods.exceptions import NotYetWritten
from methods.views.scoping import RevisionScoped


class SubmissionPage(RevisionScoped, View):
    """GET lists what is missing, with links; POST sends the report in for review."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            self.revision.submit(by=request.user)
        except NotYetWritten:
            return self.show(status=400)
        messages.success(request, _("Sent in. A coordinator reads it and gets back to you."))
        return redirect("methods:revision", pk)

    def show(self, status: int = 200) -> HttpResponse:
        context = {"revision": self.revision, "missing": self.revision.missing}
        return render(self.request, "methods/submission.html", context, status=status)


class TakingBack(RevisionScoped, View):
    """POST takes the report back from review, to go on writing."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.revision.take_back(by=request.user)
        messages.success(request, _("Taken back. Go on writing, and send it in when it is ready."))
        return redirect("methods:revision", pk)
