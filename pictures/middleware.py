from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from pictures.limits import MAX_BYTES, MAX_REQUEST_BYTES
from pictures.numbers import megabytes


class RequestSizeMiddleware:
    """Answers 413 to a request that is larger than any form of ours, before anything of it is stored.

    Stands last, so that the page has its language and style; views and the CSRF check read the body later still.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if declared_length(request) <= MAX_REQUEST_BYTES:
            return self.get_response(request)
        drain(request)
        response = render(request, "413.html", {"sentence": sentence(declared_length(request))}, status=413)
        response.headers["Connection"] = "close"
        return response


def sentence(length: int) -> str:
    return _(
        "You sent %(found)s MB at once; the most we can take at once is %(needed)s MB. "
        "Upload the pictures one by one. Each may be at most %(each)s MB."
    ) % {"found": megabytes(length), "needed": megabytes(MAX_REQUEST_BYTES), "each": megabytes(MAX_BYTES)}


def declared_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def drain(request: HttpRequest) -> None:
    """Read and drop as much as an allowed request may have: browsers read the answer once they have sent all."""
    left = MAX_REQUEST_BYTES
    try:
        while left > 0 and (piece := request.read(min(65_536, left))):
            left -= len(piece)
    except OSError:
        return  # the sender left
