"""How far a sending has come, for those who watch it: counted once for all of them, its speed and the rest in words."""

import logging
import math

from django.core.cache import cache
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.models import Issue
from newsletter.models.progress import Progress

logger = logging.getLogger(__name__)

# The rows are counted at most so often for all windows that follow an issue, in seconds.
KEPT = 2


def progress_of(issue: Issue, *, fresh: bool = False) -> Progress:
    """How far an issue has come, counted a moment ago at most; `fresh` counts now.

    A cache that is down costs a count, not the page.
    """
    key = f"newsletter:progress:{issue.pk}:{issue.state}"
    try:
        kept = None if fresh else cache.get(key)
        if isinstance(kept, Progress):
            return kept
        progress = issue.deliveries.progress()
        cache.set(key, progress, timeout=KEPT)
    except Exception:
        logger.warning("The progress of issue %s is not kept", issue.pk, exc_info=True)
        progress = issue.deliveries.progress()
    return progress


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
