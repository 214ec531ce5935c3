"""Pictures on their way in, as tus 1.0.0 has it: POST here makes a resource, PATCH there appends to it."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views import View

from pictures import tus
from pictures.body import Body, BrokeOff
from pictures.holding import received
from pictures.models import Transfer
from pictures.partial import Busy, Gone, Overtaken
from pictures.refusals import Refusal
from pictures.slots import Held, Slot
from pictures.views.answers import answer, refused
from pictures.views.slots import slot_or_refusal
from pictures.visitors import Visitor
from pictures.widgets import widget_html

STATUSES: dict[type[Exception], HTTPStatus] = {
    tus.Malformed: HTTPStatus.BAD_REQUEST,
    Transfer.DoesNotExist: HTTPStatus.NOT_FOUND,
    BrokeOff: HTTPStatus.REQUEST_TIMEOUT,
    Overtaken: HTTPStatus.CONFLICT,
    Gone: HTTPStatus.GONE,
    Busy: HTTPStatus.LOCKED,
}
"""What is told without a sentence."""


class TusView(View):
    """Speaks one version of the protocol, and says so. The sentences are for people; the rest is between programs."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The protocol wants it, for networks that let no PATCH through. The CSRF check was that of a POST.
        if request.method == "POST" and "X-HTTP-Method-Override" in request.headers:
            request.method = request.headers["X-HTTP-Method-Override"].upper()
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != tus.VERSION:
            response: HttpResponseBase = HttpResponse(
                status=HTTPStatus.PRECONDITION_FAILED, headers={"Tus-Version": tus.VERSION}
            )
        else:
            try:
                response = super().dispatch(request, *args, **kwargs)
            except tuple(STATUSES) as trouble:
                response = HttpResponse(status=STATUSES[type(trouble)])
        response.headers["Tus-Resumable"] = tus.VERSION
        response.headers["Cache-Control"] = "no-store"
        return response

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=tus.ABILITIES)


class TransfersView(TusView):
    """POST: a place to send a file of a certain length to. What its name and length already tell is told at once."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        told = request.headers.get("Upload-Metadata", "")
        metadata, length = tus.metadata(told), tus.number(request.headers.get("Upload-Length", ""))
        slot = slot_or_refusal(metadata.get("slot", ""))
        if not isinstance(slot, Slot):
            return slot
        visitor = Visitor.of(request, proposed=slot.visitor)
        with translation.override(slot.language):
            try:
                transfer = Transfer.objects.begin(
                    visitor,
                    name=metadata.get("filename", ""),
                    length=length,
                    min_width=slot.min_width,
                    metadata=told,
                )
            except Refusal as refusal:
                return refused(refusal)
        return HttpResponse(
            status=HTTPStatus.CREATED,
            headers={"Location": reverse("pictures:transfer", args=[transfer.pk]), **described(transfer)},
        )


class TransferView(TusView):
    """HEAD: how much has come. PATCH: the next bytes; with the last comes the widget. DELETE: no more of it."""

    http_method_names = ["head", "patch", "delete", "options"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.visitor = Visitor.of(request)

    def found(self, pk: UUID) -> Transfer:
        """The visitor's own transfer; somebody else's is as if it had never been."""
        return Transfer.objects.of(self.visitor).select_related("draft__picture").get(pk=pk)

    def head(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        transfer = self.found(pk)
        headers = {"Upload-Offset": str(transfer.offset), "Upload-Length": str(transfer.length)}
        return HttpResponse(headers={**headers, "Upload-Metadata": transfer.metadata, **described(transfer)})

    def patch(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        transfer, body = self.found(pk), Body(request)
        try:
            return self.appended(transfer, body, offset=tus.number(request.headers.get("Upload-Offset", "")))
        finally:
            body.drop()

    def appended(self, transfer: Transfer, body: Body, *, offset: int) -> HttpResponse:
        if self.request.content_type != tus.PIECE:
            return HttpResponse(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        if offset + body.length > transfer.length:
            return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        metadata = tus.metadata(transfer.metadata)
        slot = slot_or_refusal(metadata["slot"])
        if not isinstance(slot, Slot):
            return slot
        with translation.override(slot.language):
            try:
                transfer.receive(body, offset=offset)
                if transfer.offset == transfer.length:
                    return self.saved(received(slot, transfer, self.visitor, replaces=metadata.get("saved", "")))
            except Refusal as refusal:
                return refused(refusal)
        headers = {"Upload-Offset": str(transfer.offset), **described(transfer)}
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=headers)

    def saved(self, held: Held) -> JsonResponse:
        assert held.picture is not None  # noqa: S101 — received() holds a picture or raises
        sentence = _("%(name)s is saved: %(summary)s.") % {"name": held.picture.name, "summary": held.picture.summary}
        response = answer(sentence, html=widget_html(held), status=HTTPStatus.CREATED)
        response.headers["Upload-Offset"] = str(held.picture.size)
        return response

    def delete(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        self.found(pk).end()
        return HttpResponse(status=HTTPStatus.NO_CONTENT)


def described(transfer: Transfer) -> dict[str, str]:
    return {"Upload-Expires": http_date(transfer.expires_at.timestamp())}
