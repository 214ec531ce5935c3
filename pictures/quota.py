"""How much one visitor may upload: open drafts per session and uploads an hour per network."""

from collections.abc import Callable

from django.conf import settings

from antispam.limits import within
from pictures.refusals import TooManyDrafts
from pictures.visitors import Visitor


def spend(visitor: Visitor, *, open_drafts: Callable[[], int]) -> None:
    """Count one upload. Raises TooManyDrafts when the visitor is over a limit."""
    if visitor.digest and open_drafts() >= settings.PICTURES_OPEN_DRAFTS:
        raise TooManyDrafts
    if visitor.address and not within("upload", visitor.address, most=settings.PICTURES_UPLOADS_PER_HOUR):
        raise TooManyDrafts
