from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _

from pictures.limits import MAX_BYTES, MAX_REQUEST_BYTES
from pictures.numbers import megabytes
from pictures.uploads import OverlongUpload


class RequestSizeMiddleware:
    """Answers 413 to a request that is larger than any form of ours, before anything of it is stored.

    Stands behind those that give the page its language and style, and before the first that reads the body.
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


class WholeBodyMiddleware:
    """Answers 411 to a form whose length is not told, and 408 to one that stops coming.

    Django would take the first for an empty form and the second for a forged one. How long a sender may be silent is
    said in config/gunicorn.py. Stands last: the form is read here, a moment before the CSRF check would read it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            drain(request.environ["wsgi.input"])  # type: ignore[attr-defined]
            return self.refuse(request, "411.html", status=411)
        if request.content_type == "multipart/form-data":
            try:
                request.POST  # noqa: B018
            except UnreadablePostError:
                for handler in request.upload_handlers:
                    handler.upload_interrupted()
                return self.refuse(request, "408.html", status=408)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A view read a file that our disk had no room for."""
        return self.refuse(request, "503.html", status=503) if isinstance(exception, OverlongUpload) else None

    @staticmethod
    def refuse(request: HttpRequest, template: str, *, status: int) -> HttpResponse:
        response = render(request, template, status=status)
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


def drain(request: Any) -> None:
    """Read and drop as much as an allowed request may have: browsers read the answer once they have sent all."""
    left = MAX_REQUEST_BYTES
    try:
        while left > 0 and (piece := request.read(min(65_536, left))):
            left -= len(piece)
    except OSError:
        return  # the sender left
