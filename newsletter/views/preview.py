from collections.abc import Sequence
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin

from newsletter.audience import Audience
from newsletter.models import Issue, IssueItem
from newsletter.models.delivery import domain_of
from newsletter.sending.bulk import BulkMail
from newsletter.sending.rendering import Words
from newsletter.sending.rendering import render as rendered
from newsletter.views.scope import IssueScoped

FORMS = {
    "html": _("On a computer"),
    "phone": _("On a phone"),
    "text": _("Plain text"),
    "source": _("Source"),
}

# A reader whom nobody can take for a real one. The key has the length of a real one, so that the mail is as long.
SOMEBODY = {"address": "mottagare@example.org", "token": "EXEMPEL-EXEMPEL0"}

# So many of those who get a variant are named.
NAMED = 20

# Gmail shows no more of a mail's HTML.
MOST_BYTES = 102 * 1024


def items_of(issue: Issue, key: str) -> list[IssueItem]:
    """The items that a mail of the issue with that key tells about; an empty key is all."""
    items = list(issue.items.public().with_sources())
    wanted = set(key.split("-"))
    return [item for item in items if str(item.pk) in wanted] if key else items


def key_of(items: Sequence[IssueItem]) -> str:
    """What names these items in an address."""
    return "-".join(str(item.pk) for item in items)


def source_of(words: Words) -> str:
    """The mail as it goes over the wire, to somebody made up."""
    message_id = f"<exempel@{domain_of(settings.DEFAULT_FROM_EMAIL)}>"
    content = BulkMail(words).to(**SOMEBODY, message_id=message_id, at=timezone.now())
    # The dot that ends a mail on the wire is not the mail's.
    return content.removesuffix(b".\r\n").decode("ascii")


class Previewed(IssueScoped):
    """What the address asks to see: all items or those of one variant, in one language."""

    def chosen(self, issue: Issue) -> tuple[list[IssueItem], str]:
        language = self.request.GET.get("language", "sv")
        if language not in dict(settings.LANGUAGES):
            raise Http404
        return items_of(issue, self.request.GET.get("items", "")), language


@method_decorator(csp_update({"frame-src": [SELF]}), name="dispatch")
class PreviewView(Previewed, View):
    """The mail as a reader gets it, for each set of choices that anyone has: on a computer, on a phone, as text, and
    the source of it all. `as` says which; every form has an address of its own, so that nothing here needs a script."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        items, language = self.chosen(issue)
        form = request.GET.get("as", "html")
        if form not in FORMS:
            raise Http404
        words = rendered(issue, items, language)
        audience = Audience(issue)
        variants = self.variants(audience, key_of(items), language)
        seen = next((variant for variant in variants if variant["current"]), None)
        context = {
            "issue": issue,
            "variants": variants,
            "recipients": sum(variant["count"] for variant in variants),
            "seen": seen,
            "some": audience.some([item.pk for item in items], language, most=NAMED) if seen else [],
            "words": words,
            "preheader": issue.preheader_in(language),
            "source": source_of(words) if form == "source" else "",
            "size": len(words.html.encode()),
            "is_too_long": len(words.html.encode()) > MOST_BYTES,
            "forms": [{"name": name, "label": label, "current": name == form} for name, label in FORMS.items()],
            "shown": form,
            "language": language,
            "key": key_of(items),
        }
        return render(request, "newsletter/preview.html", context)

    def variants(self, audience: Audience, key: str, language: str) -> list[dict[str, Any]]:
        """Every mail that would be sent, with how many get it."""
        by_id = {item.pk: item for item in audience.items}
        variants: list[dict[str, Any]] = []
        for ids, name, count in audience.variants():
            items = [by_id[pk] for pk in ids]
            own = key_of(items)
            current = (own, name) == (key, language)
            variants.append({"key": own, "items": items, "language": name, "count": count, "current": current})
        return variants


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

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        issue = self.issue
        items, language = self.chosen(issue)
        return HttpResponse(rendered(issue, items, language).html)
