"""How often one place may do a thing: counted in the cache, by the hour."""

import hashlib
import logging

import redis
from django.core.cache import cache
from django.http import HttpRequest

from pictures.visitors import network

logger = logging.getLogger(__name__)


def within(scope: str, who: str, *, most: int, seconds: int = 3600) -> bool:
    """Count one more for `who`; whether they are still within `most` in `seconds`. Stores a hash, not the name.

    A cache that is down keeps nobody from signing up: then nothing is counted. Each address has a limit of its own.
    """
    digest = hashlib.sha256(who.encode()).hexdigest()[:24]
    key = f"newsletter:{scope}:{digest}"
    try:
        cache.add(key, 0, seconds)
        return bool(cache.incr(key) <= most)
    except ValueError:
        # The window closed between the two calls: this is the first of the next one.
        return True
    except (redis.ConnectionError, redis.TimeoutError):
        logger.exception("The cache did not answer; this %s is not counted.", scope)
        return True


def place(request: HttpRequest) -> str:
    """Where a request comes from, as far as we can tell."""
    return network(request) or "unknown"
