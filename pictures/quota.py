"""How much one visitor may upload: pictures on their way or waiting for a form, and uploads an hour per network."""

from django.conf import settings

from antispam.limits import within
from pictures.refusals import TooManyUploads, TooManyWaiting
from pictures.visitors import Visitor


def spend(visitor: Visitor) -> None:
    """Count one upload. Raises TooManyWaiting, and TooManyUploads for a network that uploads very many."""
    if visitor.digest and held_by(visitor) >= settings.PICTURES_OPEN_DRAFTS:
        raise TooManyWaiting(settings.PICTURES_OPEN_DRAFTS)
    if visitor.address and not within("upload", visitor.address, most=settings.PICTURES_UPLOADS_PER_HOUR):
        raise TooManyUploads


def held_by(visitor: Visitor) -> int:
    """How many of the visitor's pictures are here that no form has been sent in with."""
    from pictures.models import Draft, Transfer

    return Draft.objects.of(visitor).count() + Transfer.objects.of(visitor).unfinished().count()
