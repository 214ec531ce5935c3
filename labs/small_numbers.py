"""Honest small numbers: below which N nothing can be concluded, and which counts of people the public never sees.

The rule and its reasons are in docs/decisions/small-numbers.md.
"""

from decimal import Decimal

from django.conf import settings

PUBLISH_COUNTS_FROM: int = getattr(settings, "PUBLISH_COUNTS_FROM", 5)
CONCLUDE_FROM: int = getattr(settings, "CONCLUDE_FROM", 5)


def too_small_to_publish(count: Decimal | int | None) -> bool:
    """Whether a count of people could point at someone. Nought can be told: it points at nobody in particular."""
    return count is not None and 0 < count < PUBLISH_COUNTS_FROM


def too_few_to_conclude(group: int | None) -> bool:
    """Whether a share of a group this large says too little to be called progress."""
    return group is not None and group < CONCLUDE_FROM
