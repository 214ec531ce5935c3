from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from methods.differences import differences
from methods.forms.method import EvidenceForm, ReviewForm
from methods.models import Revision
from methods.views.scoping import CoordinatorsRevision


class ReviewPage(CoordinatorsRevision, View):
    """The report beside what was published before, with a box for comments at each section. POST requests changes."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show_review(request, self.revision, ReviewForm(), None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = ReviewForm(request.POST)
        if form.is_valid() and not form.comments:
            form.add_error(None, _("Write at least one comment that says what has to change."))
        if not form.is_valid():
            return show_review(request, self.revision, form, None, status=400)
        self.revision.request_changes(by=request.user, comments=form.comments)
        messages.success(request, _("Sent back. The author gets your comments by e-mail."))
        return redirect("methods:revision", pk)


def show_review(
    request: HttpRequest, revision: Revision, form: ReviewForm, evidence_form: Any, status: int = 200
) -> HttpResponse:
    """The review page, with the forms as the reviewer left them."""
    revision = get_object_or_404(Revision.objects.with_content(), pk=revision.pk)
    method = revision.method
    if evidence_form is None:
        current = method.evidence
        evidence_form = EvidenceForm(
            initial={"level": current.level, "rationale": current.rationale} if current else None
        )
    before = method.revisions.published().with_content().first()
    context = {
        "revision": revision,
        "method": method,
        "form": form,
        "evidence_form": evidence_form,
        "before": before,
        "sections": [
            {"difference": each, "field": form[f"comment_{each.section.key}"]} for each in differences(revision, before)
        ],
        "own": revision.written_by(request.user),
        "waits": revision.state == Revision.State.SUBMITTED,
        "reviews": revision.reviews.select_related("reviewer").prefetch_related("comments"),
        "events": revision.events.newest_first(),
    }
    return render(request, "methods/review.html", context, status=status)
