from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override

# Search results and the staff's own pages are of no use to anyone in a search engine.
CLOSED = ("website:search", "overview:home", "accounts:start")


def robots(request: HttpRequest) -> HttpResponse:
    closed = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            closed += [f"Disallow: {reverse(name)}" for name in CLOSED]
    sitemap = f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"
    return HttpResponse(
        "\n".join(["User-agent: *", *closed, "", sitemap, ""]), content_type="text/plain; charset=utf-8"
    )
