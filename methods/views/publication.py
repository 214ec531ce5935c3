from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from methods.forms.method import EvidenceForm, ReviewForm, WithdrawalForm
from methods.models import Revision
from methods.views.review import show_review
from methods.views.scoping import CoordinatorsRevision, RevisionScoped


class Publication(CoordinatorsRevision, View):
    """POST publishes the report, with the evidence level signed by whoever publishes."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("methods:review", pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form, evidence = ReviewForm(request.POST), EvidenceForm(request.POST)
        if not (form.is_valid() & evidence.is_valid()):
            return show_review(request, self.revision, form, evidence, status=400)
        self.revision.publish(by=request.user, comments=form.comments, **evidence.cleaned_data)
        messages.success(request, _("Published. Everybody can read it now."))
        return redirect("methods:detail", self.revision.method.slug)


class Withdrawal(RevisionScoped, View):
    """GET asks why, POST withdraws: a published report from the public, one being written from the desk."""

    def check_access(self) -> None:
        super().check_access()
        if self.revision.state == Revision.State.PUBLISHED and not self.request.user.is_coordinator:  # type: ignore[union-attr]
            raise PermissionDenied

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(WithdrawalForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = WithdrawalForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        self.revision.withdraw(by=request.user, because=form.cleaned_data["because"])
        messages.success(request, _("Withdrawn."))
        return redirect("methods:revision", pk)

    def show(self, form: WithdrawalForm, status: int = 200) -> HttpResponse:
        return render(self.request, "methods/withdrawal.html", {"form": form, "revision": self.revision}, status=status)
