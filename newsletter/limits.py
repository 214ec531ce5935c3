"""How often one place may do a thing: counted in the cache, by the hour."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

from pictures.visitors import network


def within(scope: str, who: str, *, most: int, seconds: int = 3600) -> bool:
    """Count one more for `who`; whether they are still within `most` in `seconds`. Stores a hash, not the name."""
    digest = hashlib.sha256(who.encode()).hexdigest()[:24]
    key = f"newsletter:{scope}:{digest}"
    cache.add(key, 0, seconds)
    try:
        return bool(cache.incr(key) <= most)
    except ValueError:
        # The window closed between the two calls: this is the first of the next one.
        return True


def place(request: HttpRequest) -> str:
    """Where a request comes from, as far as we can tell."""
    return network(request) or "unknown"
