from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.generic import ListView

from generic.lists import ForgivingPages
from newsletter.models import Issue


class ArchiveView(ForgivingPages, ListView):
    """Every issue that was sent, newest first."""

    template_name = "newsletter/archive.html"
    context_object_name = "issues"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Issue]:
        return Issue.objects.sent().annotate(item_count=Count("items")).order_by("-sent_at", "-pk")


class IssueView(View):
    """One issue on the web, with all its items and nothing personal."""

    def get(self, request: HttpRequest, pk: int, slug: str) -> HttpResponse:
        # Readers of the first mails follow “read on the web” while the last ones are still on their way out.
        issue = get_object_or_404(Issue.objects.readable(), pk=pk)
        if request.path != issue.get_absolute_url():
            return redirect(issue, permanent=True)
        items = list(issue.items.public().with_sources())
        context = {
            "issue": issue,
            "methods": [item for item in items if item.is_method],
            "entries": [item for item in items if not item.is_method],
            "intro": issue.intro_in(request.LANGUAGE_CODE),
            "intro_language": issue.intro_language_in(request.LANGUAGE_CODE),
        }
        return render(request, "newsletter/issue.html", context)
