from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin

from newsletter.audience import Audience
from newsletter.models import Issue, IssueItem
from newsletter.sending.rendering import render as rendered
from newsletter.views.scope import IssueScoped


class Previewed(IssueScoped):
    """What the address asks to see: all items or those of one variant, in one language."""

    def chosen(self, issue: Issue) -> tuple[list[IssueItem], str]:
        language = self.request.GET.get("language", "sv")
        if language not in dict(settings.LANGUAGES):
            raise Http404
        items = list(issue.items.public().with_sources())
        wanted = self.request.GET.get("items", "")
        if wanted:
            items = [item for item in items if str(item.pk) in wanted.split("-")]
        return items, language


@method_decorator(csp_update({"frame-src": [SELF]}), name="dispatch")
class PreviewView(Previewed, View):
    """The mail as a reader gets it, in HTML and in plain text, for each set of choices that anyone has."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        items, language = self.chosen(issue)
        chosen = tuple(item.pk for item in items)
        audience = Audience(issue)
        by_id = {item.pk: item for item in audience.items}
        variants = [
            {
                "key": "-".join(map(str, ids)),
                "items": [by_id[pk] for pk in ids],
                "language": name,
                "count": count,
                "current": (ids, name) == (chosen, language),
            }
            for ids, name, count in audience.variants()
        ]
        context = {
            "issue": issue,
            "variants": variants,
            "words": rendered(issue, items, language),
            "language": language,
            "key": "-".join(map(str, chosen)),
        }
        return render(request, "newsletter/preview.html", context)


# The mail has its styles inlined, as mail programs want it; nothing in it can run or fetch but our own pictures.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, settings.SITE_URL],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups"],
}


@method_decorator([csp_replace(MAIL_POLICY), xframe_options_sameorigin], name="dispatch")
class PreviewMailView(Previewed, View):
    """The HTML of the mail by itself, for the frame of the preview."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        items, language = self.chosen(issue)
        return HttpResponse(rendered(issue, items, language).html)
