import logging
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views import View

from pictures.access import may_see, original_refused
from pictures.models import Picture

TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}
SANDBOX = "default-src 'none'; sandbox"

logger = logging.getLogger(__name__)


def storage_is_down(request: HttpRequest) -> HttpResponse:
    """503 for a picture that is there and cannot be fetched: kept by no cache. Called while the error is handled."""
    logger.exception("A stored picture could not be fetched")
    response = render(request, "503.html", status=503)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = "60"
    return response


class RenditionView(View):
    """One public copy of a picture. Its address never changes what it shows, so a public one is cached for good."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: UUID, width: int, extension: str) -> HttpResponseBase:
        picture = Picture.objects.filter(pk=pk, state=Picture.State.READY).first()
        if picture is None or width not in picture.widths or extension not in ("webp", picture.fallback):
            raise Http404
        if not picture.public and not may_see(request, picture):
            raise Http404
        etag = f'"{picture.sha256[:24]}-{width}-{extension}"'
        try:
            response = get_conditional_response(request, etag=etag) or self.file(picture, width, extension)
        except OSError:
            return storage_is_down(request)
        response.headers["ETag"] = etag
        return self.guarded(response, public=picture.public)

    def file(self, picture: Picture, width: int, extension: str) -> HttpResponse:
        try:
            file = picture.original.storage.open(picture.rendition_file(width, extension))
        except FileNotFoundError:
            raise Http404 from None
        return FileResponse(file, content_type=TYPES[extension])  # type: ignore[return-value]

    def guarded(self, response: HttpResponse, *, public: bool) -> HttpResponse:
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if public else "private, max-age=0, must-revalidate"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = SANDBOX
        return response


class OriginalView(View):
    """The file as it was sent in: for coordinators, as a download, kept by no cache."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        refused = original_refused(request)
        if refused is not None:
            return refused
        picture = Picture.objects.filter(pk=pk).first()
        if picture is None:
            raise Http404
        try:
            file = picture.original.open("rb")
        except FileNotFoundError:
            raise Http404 from None
        except OSError:
            return storage_is_down(request)
        headers: dict[str, Any] = {
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": SANDBOX,
        }
        return FileResponse(
            file,
            as_attachment=True,
            filename=picture.name,
            content_type=f"image/{picture.format}",
            headers=headers,
        )
