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

from newsletter.models.delivery import domain_of
from newsletter.sending.bulk import BulkMail
from newsletter.sending.rendering import Words
from newsletter.specimens import NoSuchVersion, specimens
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


def source_of(words: Words) -> str:
    """The mail as it goes over the wire, to somebody made up."""
    message_id = f"<exempel@{domain_of(settings.DEFAULT_FROM_EMAIL)}>"
    content = BulkMail(words).to(**SOMEBODY, message_id=message_id, at=timezone.now())
    # The dot that ends a mail on the wire is not the mail's.
    return content.removesuffix(b".\r\n").decode("ascii")


class Previewed(IssueScoped):
    """What the address asks to see: the mail with all items or with those of one version, in one language."""

    def find(self) -> None:
        language, key = self.request.GET.get("language", "sv"), self.request.GET.get("items", "")
        if language not in dict(settings.LANGUAGES):
            raise Http404
        self.found_issue = self.issue
        self.mails = specimens(self.found_issue)
        try:
            self.key, self.language = self.mails.named(key, language)
        except NoSuchVersion:
            raise Http404 from None
        self.words = self.mails.words(self.key, self.language)


@method_decorator(csp_update({"frame-src": [SELF]}), name="dispatch")
class PreviewView(Previewed, View):
    """The mail as a reader gets it, for each set of choices that anyone has; once it is written down, as it was sent.

    On a computer, on a phone, as text, and the source of it all. `as` says which; every form has an address of its
    own, so that nothing here needs a script.
    """

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.find()
        form = request.GET.get("as", "html")
        if form not in FORMS:
            raise Http404
        words, versions = self.words, self.mails.versions()
        seen = next((each for each in versions if (each.key, each.language) == (self.key, self.language)), None)
        context = {
            "issue": self.found_issue,
            "variants": versions,
            "recipients": sum(version.count for version in versions),
            "seen": seen,
            "some": self.mails.readers(seen, most=NAMED) if seen else [],
            "words": words,
            "preheader": self.found_issue.preheader_in(self.language),
            "source": source_of(words) if form == "source" else "",
            "size": len(words.html.encode()),
            "is_too_long": len(words.html.encode()) > MOST_BYTES,
            "forms": [{"name": name, "label": label, "current": name == form} for name, label in FORMS.items()],
            "shown": form,
            "language": self.language,
            "key": self.key,
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

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.find()
        return HttpResponse(self.words.html)
