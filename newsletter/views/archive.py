from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.generic import ListView

from generic.lists import ForgivingPages
from newsletter.arrangement import arrange
from newsletter.models import Issue


class ArchiveView(ForgivingPages, ListView):
    """Every issue that was sent, newest first."""

    template_name = "newsletter/archive.html"
    context_object_name = "issues"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Issue]:
        return Issue.objects.sent().telling_news().with_own_item_count().order_by("-sent_at", "-pk")


class IssueView(View):
    """One issue on the web, with what it tells everybody and nothing personal."""

    def get(self, request: HttpRequest, pk: int, slug: str) -> HttpResponse:
        if is_coordinator(request.user) and not Issue.objects.readable().filter(pk=pk).exists():
            # Whoever follows the link in a test of an issue that is not out yet.
            return redirect("newsletter:preview", pk)
        # Readers of the first mails follow “read in the browser” while the last ones are still on their way out.
        issue = get_object_or_404(Issue.objects.readable(), pk=pk)
        if request.path != issue.get_absolute_url():
            return redirect(issue, permanent=True)
        public = issue.items.public().with_sources()
        # What tells nobody anything of its own is read by those it was sent to.
        content = arrange(public.own()) if issue.items.own().exists() else arrange(public)
        language = request.LANGUAGE_CODE
        context = {
            "issue": issue,
            "content": content,
            "intro": issue.intro_in(language),
            "intro_language": issue.intro_language_in(language),
            "previous": neighbour(issue, before=True),
            "next": neighbour(issue, before=False),
        }
        return render(request, "newsletter/issue.html", context)


def is_coordinator(user: Any) -> bool:
    return user.is_authenticated and user.is_coordinator


def neighbour(issue: Issue, *, before: bool) -> Issue | None:
    """The issue that was sent before or after this one."""
    at = issue.frozen_at
    others = Issue.objects.out().telling_news().exclude(pk=issue.pk)
    if before:
        others = others.filter(Q(frozen_at__lt=at) | Q(frozen_at=at, pk__lt=issue.pk))
        return others.order_by("-frozen_at", "-pk").first()
    others = others.filter(Q(frozen_at__gt=at) | Q(frozen_at=at, pk__gt=issue.pk))
    return others.order_by("frozen_at", "pk").first()
