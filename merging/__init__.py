"""What several people, or one in several windows, write at the same time: put together without losing any of it."""

from merging.difference import Difference
from merging.windows import Merge, Seen, Values, mark

__all__ = ["Difference", "Merge", "Seen", "Values", "mark"]
