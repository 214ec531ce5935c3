from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import View

from antispam.limits import HOUR
from pictures.holding import carried, remove, stored
from pictures.refusals import NotStored, TooLarge, TooManyDrafts
from pictures.slots import Held, NotASlot, Slot
from pictures.visitors import Visitor
from pictures.widgets import widget_html

STATUSES = {
    TooLarge.code: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyDrafts.code: HTTPStatus.TOO_MANY_REQUESTS,
    NotStored.code: HTTPStatus.SERVICE_UNAVAILABLE,
}


class SlotScoped(View):
    """Finds the slot a request is about, and answers in the language of the page that shows it."""

    http_method_names = ["post"]
    slot: Slot

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return self.http_method_not_allowed(request)
        try:
            self.slot = Slot.unsign(request.POST.get("slot", ""))
        except NotASlot:
            return answer(_("The page is out of date. Load it again and choose the picture once more."), status=400)
        self.visitor = Visitor.of(request, proposed=self.slot.visitor)
        with translation.override(self.slot.language):
            return super().dispatch(request, *args, **kwargs)


class UploadView(SlotScoped):
    """Stores one chosen picture at once, while the rest of the form is being filled in."""

    def post(self, request: HttpRequest) -> HttpResponse:
        upload = request.FILES.get("file")
        if upload is None:
            return answer(_("No picture came with the upload. Choose it again."), status=400)
        held = stored(carried(self.slot, request.POST.get("saved", ""), self.visitor), upload, self.visitor)
        if held.error:
            response = answer(held.error, status=STATUSES.get(held.code, HTTPStatus.BAD_REQUEST))
            if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                response.headers["Retry-After"] = str(HOUR)
            return response
        assert held.picture is not None  # noqa: S101 — stored() holds a picture or an error
        sentence = _("%(name)s is saved: %(summary)s.") % {"name": held.picture.name, "summary": held.picture.summary}
        return answer(sentence, html=widget_html(held), status=HTTPStatus.CREATED)


class RemovalView(SlotScoped):
    """Removes the visitor's own draft and hands back the empty slot."""

    def post(self, request: HttpRequest) -> HttpResponse:
        remove(request.POST.get("saved", ""), self.visitor)
        return answer(_("The picture is removed."), html=widget_html(Held(self.slot)))


def answer(sentence: str, *, html: str = "", status: int = 200) -> JsonResponse:
    return JsonResponse({"sentence": sentence, "html": html}, status=status, headers={"Cache-Control": "no-store"})
