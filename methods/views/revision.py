from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views import View

from methods.models import Review, Revision
from methods.sections import SECTIONS
from methods.views.method import show_report
from methods.views.scoping import RevisionScoped


def progress(revision: Revision) -> list[dict[str, Any]]:
    """Each section with what it lacks, whether there is anything in it, and the reviewer's comments on it."""
    lacking: dict[str, list[Any]] = {}
    for item in revision.missing:
        lacking.setdefault(item.section.key, []).append(item.sentence)
    comments = open_comments(revision)
    return [
        {
            "section": section,
            "missing": lacking.get(section.key, []),
            "done": section.key not in lacking and _has_content(revision, section),
            "comments": comments.get(section.key, []),
        }
        for section in SECTIONS
    ]


def open_comments(revision: Revision) -> dict[str, list[Any]]:
    """What the latest review asks for, by section key, as long as the revision is being changed."""
    if not revision.is_writable:
        return {}
    review = revision.reviews.filter(verdict=Review.Verdict.CHANGES).select_related("reviewer").first()
    comments: dict[str, list[Any]] = {}
    for comment in review.comments.all() if review else ():
        comment.review = review  # type: ignore[assignment]
        comments.setdefault(comment.section_key, []).append(comment)
    return comments


def _has_content(revision: Revision, section: Any) -> bool:
    if section.fields:
        return any(getattr(revision, name) not in {None, ""} for name in section.fields)
    rows = {"claims": revision.claims, "components": revision.components, "pictures": revision.illustrations}
    return bool(rows[section.key].all())


class RevisionDesk(RevisionScoped, View):
    """Where a report is written: its sections, what is missing, what the reviewer asked for, and what to do next."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        revision = self.revision
        steps = progress(revision)
        return render(
            request,
            "methods/desk.html",
            {
                "revision": revision,
                "method": revision.method,
                "steps": steps,
                "done": sum(step["done"] for step in steps),
                "general_comments": open_comments(revision).get("", []),
                "events": revision.events.newest_first() if request.user.is_coordinator else None,  # type: ignore[union-attr]
            },
        )


class RevisionPreview(RevisionScoped, View):
    """The report as the public would see it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        revision = get_object_or_404(Revision.objects.with_content(), pk=self.revision.pk)
        return show_report(request, revision.method, revision, preview=True)
