"""The inbox of a developer's machine: everything the site has mailed from it."""

from typing import Any

from csp.decorators import csp_replace, csp_update
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from development import inbox

PAGE_SIZE = 25


@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    recipient = request.GET.get("till", "").strip()
    page = Paginator(inbox.messages(recipient), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "development/inbox.html", {"page_obj": page, "recipient": recipient})


@require_safe
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]
def html_tab(request: HttpRequest, key: str) -> HttpResponse:
    return _tab(request, key, "html")


@require_safe
def text_tab(request: HttpRequest, key: str) -> HttpResponse:
    return _tab(request, key, "text")


@require_safe
def source_tab(request: HttpRequest, key: str) -> HttpResponse:
    return _tab(request, key, "source")


@require_safe
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]
    {
        "default-src": ["'none'"],
        "img-src": ["*", "data:"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "base-uri": ["'none'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def html_part(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part by itself, as a mail program would show it: no scripts, links in a new window."""
    html = _find(key).part("html").replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(html)


def _tab(request: HttpRequest, key: str, tab: str) -> HttpResponse:
    message = _find(key)
    context: dict[str, Any] = {"message": message, "tab": tab}
    if tab == "text":
        context["text"] = message.part("plain")
    return render(request, "development/message.html", context)


def _find(key: str) -> inbox.CaughtMessage:
    try:
        return inbox.message(key)
    except KeyError:
        raise Http404 from None
