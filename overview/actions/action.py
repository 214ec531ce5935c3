import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from accounts.models import User
from labs.models import Lab


@dataclass(frozen=True)
class Action:
    """One thing that waits: what, whose, since when, and where it is done."""

    kind: type["Kind"]
    title: str
    url: str
    since: datetime.datetime
    lab: Lab | None = None
    detail: str = ""
    for_somebody_else: bool = False


class Kind:
    """A kind of thing that waits. `label` names several of it, `one` a single one, `verb` what one does about it."""

    key: ClassVar[str]
    label: ClassVar[object]
    one: ClassVar[object]
    verb: ClassVar[object]

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        """What waits now, as `user` sees it: `for_somebody_else` where four eyes ask for another coordinator."""
        raise NotImplementedError
