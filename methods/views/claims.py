from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from methods.forms.claims import ClaimForm
from methods.models import Claim
from methods.views.scoping import RevisionScoped


class ClaimNew(RevisionScoped, View):
    """A new result of the report, resting on the lab's verified measurements."""

    claim: Claim | None = None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.revision.is_writable:
            return redirect("methods:revision", self.revision.pk)
        return self.show(ClaimForm(revision=self.revision, claim=self.claim))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ClaimForm(request.POST, revision=self.revision, claim=self.claim)
        if not form.is_valid():
            return self.show(form, status=400)
        self.revision.claim(by=request.user, instead_of=self.claim, **form.cleaned_data)
        return redirect("methods:section", self.revision.pk, "claims")

    def show(self, form: ClaimForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "revision": self.revision, "claim": self.claim}
        return render(self.request, "methods/claim.html", context, status=status)


class ClaimEdit(ClaimNew):
    """A result that is already in the report."""

    @cached_property
    def claim(self) -> Claim:  # type: ignore[override]
        return get_object_or_404(self.revision.claims, pk=self.kwargs["claim_pk"])


class ClaimRemoval(RevisionScoped, View):
    """POST takes a result out of the report."""

    def post(self, request: HttpRequest, pk: int, claim_pk: int) -> HttpResponse:
        self.revision.unclaim(get_object_or_404(self.revision.claims, pk=claim_pk), by=request.user)
        return redirect("methods:section", pk, "claims")
