"""How much one visitor may upload: open drafts per session and uploads an hour per network."""

import hashlib
import logging
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache

from pictures.refusals import TooManyDrafts
from pictures.visitors import Visitor

logger = logging.getLogger(__name__)
HOUR = 3600


def spend(visitor: Visitor, *, open_drafts: Callable[[], int]) -> None:
    """Count one upload. Raises TooManyDrafts when the visitor is over a limit."""
    if visitor.digest and open_drafts() >= settings.PICTURES_OPEN_DRAFTS:
        raise TooManyDrafts
    if visitor.address and _uploads_this_hour(visitor.address) > settings.PICTURES_UPLOADS_PER_HOUR:
        raise TooManyDrafts


def _uploads_this_hour(address: str) -> int:
    """This upload included. A cache that is down must not keep people from applying: then nothing is counted."""
    key = "pictures-uploads-" + hashlib.sha256(address.encode()).hexdigest()[:32]
    try:
        cache.add(key, 0, timeout=HOUR)
        return cache.incr(key)
    except ValueError:  # the hour ended between the two lines
        return 1
    except Exception:
        logger.exception("The cache did not answer; this upload is not counted.")
        return 0
