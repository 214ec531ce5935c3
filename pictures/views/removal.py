from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import View

from pictures.holding import remove
from pictures.slots import Held, Slot
from pictures.views.answers import answer
from pictures.views.slots import slot_or_refusal
from pictures.visitors import Visitor
from pictures.widgets import widget_html


class RemovalView(View):
    """Removes the visitor's own draft and hands back the empty slot, in the language of the page that shows it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        slot = slot_or_refusal(request.POST.get("slot", ""))
        if not isinstance(slot, Slot):
            return slot
        with translation.override(slot.language):
            remove(request.POST.get("saved", ""), Visitor.of(request, proposed=slot.visitor))
            return answer(_("The picture is removed."), html=widget_html(Held(slot)))
