from django.http import JsonResponse
from django.utils.translation import gettext as _

from pictures.slots import NotASlot, Slot
from pictures.views.answers import answer


def slot_or_refusal(signed: str) -> Slot | JsonResponse:
    """The slot of the page that asks, or what to answer when it cannot be told."""
    try:
        return Slot.unsign(signed)
    except NotASlot:
        return answer(_("The page is out of date. Load it again and choose the picture once more."), status=400)
