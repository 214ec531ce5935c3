"""How often one place may do a thing: counted in the cache, in windows of some seconds."""

import hashlib
import ipaddress
import logging

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

logger = logging.getLogger(__name__)
HOUR = 3600


def within(scope: str, who: str, *, most: int, seconds: int = HOUR, uncounted: bool = True) -> bool:
    """Count one more for `who`; whether they are still within `most` in `seconds`. Stores a hash, not the name.

    A cache that is down keeps nobody from what they came for: then nothing is counted. Where uncounted would be worse
    than not at all, `uncounted=False` is the answer then.
    """
    key = f"limits:{scope}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    try:
        cache.add(key, 0, timeout=seconds)
        return cache.incr(key) <= most
    except ValueError:  # the window closed between the two lines: this is the first of the next one
        return True
    except Exception:
        logger.exception("The cache did not answer; this %s is not counted.", scope)
        return uncounted


def network(request: HttpRequest) -> str:
    """The network the request comes from: an IPv4 address, or the /64 of an IPv6 one. Empty when it cannot be told.

    Behind our own proxy (TRUST_PROXY) the last X-Forwarded-For entry is the one it wrote; earlier ones are hearsay.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
