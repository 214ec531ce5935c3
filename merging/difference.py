from dataclasses import dataclass

from django.forms import BoundField


@dataclass
class Difference:
    """One field that two people wrote differently: both texts as they read, and the field to settle it in."""

    label: str
    language: str
    theirs: str
    yours: str
    field: BoundField | None
