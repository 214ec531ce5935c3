from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from methods.forms.method import EvidenceForm
from methods.views.scoping import CoordinatorsMethod


class EvidenceSigning(CoordinatorsMethod, View):
    """A new look at the evidence: GET shows what it rests on, POST signs the level anew."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        current = self.method.evidence
        initial = {"level": current.level, "rationale": current.rationale} if current else None
        return self.show(EvidenceForm(initial=initial))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = EvidenceForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        self.method.sign_evidence(by=request.user, **form.cleaned_data)
        messages.success(request, _("Signed. The page shows the level, your reasons and today’s date."))
        return redirect(self.method)

    def show(self, form: EvidenceForm, status: int = 200) -> HttpResponse:
        published = self.method.published
        context = {
            "form": form,
            "method": self.method,
            "claims": published.claims.with_measurements() if published else [],
            "earlier": self.method.evidences.select_related("signed_by"),
        }
        return render(self.request, "methods/evidence.html", context, status=status)
