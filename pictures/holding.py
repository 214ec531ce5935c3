"""What a request does to one slot: keeps, stores, replaces or removes its picture."""

from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from pictures.models import Draft, Focus, Picture, Transfer
from pictures.refusals import Refusal, TooNarrow
from pictures.slots import Held, Slot
from pictures.visitors import Visitor


def hold(
    slot: Slot, data: Any, files: MultiValueDict | Any, visitor: Visitor, *, current: Picture | None = None
) -> Held:
    """What the slot holds after the request. `current` is the picture the object had before."""
    token = data.get(slot.saved_name)
    if slot.remove_name in data:
        remove(token or "", visitor)
        return Held(slot)
    held = focused(carried(slot, token, visitor, current=current), data.get(slot.focus_name))
    upload = files.get(slot.name) if files else None
    return stored(held, upload, visitor) if upload is not None else held


def carried(slot: Slot, token: str | None, visitor: Visitor, *, current: Picture | None = None) -> Held:
    """What the form brought back. No token at all: the slot was not in the form, and the object keeps its picture."""
    if current is not None and token in (None, str(current.pk)):
        return left_out(slot, current) if current.is_rejected else Held(slot, current, str(current.pk))
    draft = Draft.objects.carried(token, visitor) if token else None
    if draft is None:
        return Held(slot)
    picture = draft.picture
    if picture.is_rejected:
        return left_out(slot, picture)
    if picture.width < slot.min_width:
        refusal = TooNarrow(picture.width, slot.min_width, turned=picture.orientation >= 5)
        return Held(slot, error=str(refusal), code=refusal.code)
    return Held(slot, picture, draft.token, fresh=True)


def focused(held: Held, focus: str | None) -> Held:
    """The same with what was chosen as most important; nonsense chooses nothing."""
    if held.picture is None or not held.slot.crops or focus not in Focus.values:
        return held
    return replace(held, chosen_focus=focus)


def left_out(slot: Slot, picture: Picture) -> Held:
    """The empty slot of a picture that was stored and then could not be read."""
    text = _("The picture %(name)s had to be left out: %(reason)s. Choose another one.")
    return Held(slot, error=text % {"name": picture.name, "reason": picture.reason_sentence}, code="rejected")


def stored(held: Held, upload: UploadedFile, visitor: Visitor) -> Held:
    """The slot with the upload in place of what it held; on a refusal it keeps that, and has an error."""
    slot = held.slot
    try:
        draft = Draft.objects.store(upload, name=upload.name or "", visitor=visitor, min_width=slot.min_width)
    except Refusal as refusal:
        return replace(held, error=str(refusal), code=refusal.code)
    if held.fresh:
        remove(held.token, visitor)
    return Held(slot, draft.picture, draft.token, fresh=True)


def received(slot: Slot, transfer: Transfer, visitor: Visitor, *, replaces: str) -> Held:
    """The slot with the transferred picture in place of the draft that `replaces` names.

    Asked twice it is the same picture. Raises a Refusal, Busy and Gone.
    """
    draft = transfer.finish()
    remove(replaces, visitor)
    return Held(slot, draft.picture, draft.token, fresh=True)


def remove(token: str, visitor: Visitor) -> None:
    """Delete the visitor's own draft; anything else is left alone."""
    draft = Draft.objects.carried(token, visitor) if token else None
    if draft is not None:
        draft.picture.discard()
