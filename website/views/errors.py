"""The pages for what went wrong: each says what happened, what was kept and what to do next."""

import math

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; or 413 where the trouble was the size (Django counts that among the bad requests)."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403. A sentence given to PermissionDenied("…") is shown."""
    return render(request, "403.html", {"sentence": str(exception or "")}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: the form was too old, was sent twice across a sign-in, or came from another site.

    What the person had typed cannot be kept here (the request is not trusted), so the page says how to get it back.
    """
    return render(request, "403_csrf.html", {"reason": reason if settings.DEBUG else ""}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def conflict(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "409.html", {"sentence": sentence}, status=409)


def too_large(request: HttpRequest, sentence: str = "") -> HttpResponse:
    return render(request, "413.html", {"sentence": sentence}, status=413)


def too_many(request: HttpRequest, retry_after: int) -> HttpResponse:
    """429. `retry_after` is in seconds; the page says it in minutes."""
    response = render(
        request, "429.html", {"retry_after": retry_after, "minutes": max(1, math.ceil(retry_after / 60))}, status=429
    )
    response["Retry-After"] = str(retry_after)
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: something the site leans on is down for a moment, and nothing was changed."""
    response = render(request, "503.html", status=503)
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without the request, so that neither database, session nor context processors are touched."""
    return HttpResponseServerError(render_to_string("500.html", {"CONTACT_EMAIL": settings.CONTACT_EMAIL}))
