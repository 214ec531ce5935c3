"""How far a sending has come, for those who watch it: counted once for all of them, its speed and the rest in words."""

import logging
import math
from collections.abc import Callable
from typing import TypeVar

import redis
from django.core.cache import cache
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.models import Issue
from newsletter.models.progress import Progress

logger = logging.getLogger(__name__)

T = TypeVar("T")

# The rows are looked at at most so often for all windows that follow an issue, in seconds.
KEPT = 2


def progress_of(issue: Issue, *, fresh: bool = False) -> Progress:
    """How far an issue has come, counted a moment ago at most; `fresh` counts now."""
    key = f"newsletter:progress:{issue.pk}:{issue.state}"
    return lately(key, Progress, issue.deliveries.progress, fresh=fresh)


def stands_still(issue: Issue, *, fresh: bool = False) -> bool:
    """Whether the issue is under way and no worker is at it; found out a moment ago at most, or now if `fresh`."""
    found = Issue.objects.filter(pk=issue.pk).standing_still()
    return lately(f"newsletter:still:{issue.pk}:{issue.state}", bool, found.exists, fresh=fresh)


def lately(key: str, kind: type[T], ask: Callable[[], T], *, fresh: bool) -> T:
    """What `ask` has said a moment ago, or says now. A cache that is down costs a question, not the page."""
    try:
        kept = None if fresh else cache.get(key)
    except redis.RedisError:
        logger.warning("%s cannot be looked up", key, exc_info=True)
        kept = None
    if isinstance(kept, kind):
        return kept
    said = ask()
    try:
        cache.set(key, said, timeout=KEPT)
    except redis.RedisError:
        logger.warning("%s is not kept", key, exc_info=True)
    return said


def speed(rate: float) -> str:
    """Mails per second, or per minute where they are few. Empty when nothing moves."""
    if rate <= 0:
        return ""
    if rate >= 1:
        each = round(rate)
        return ngettext("%(number)s e-mail a second", "%(number)s e-mails a second", each) % {"number": grouped(each)}
    each = max(round(rate * 60), 1)
    return ngettext("%(number)s e-mail a minute", "%(number)s e-mails a minute", each) % {"number": grouped(each)}


def time_left(seconds: int | None) -> str:
    """About how long the rest takes. Empty when nobody can tell."""
    if seconds is None:
        return ""
    if seconds < 50:
        return _("less than a minute left")
    minutes = math.ceil(seconds / 60)
    if minutes < 90:
        return ngettext("about %(number)d minute left", "about %(number)d minutes left", minutes) % {"number": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("about %(number)d hour left", "about %(number)d hours left", hours) % {"number": hours}
    return _("more than two days left")


def grouped(number: int) -> str:
    """The number with its thousands apart, as the reader's language has it."""
    return str(number_format(number, use_l10n=True, force_grouping=True))
