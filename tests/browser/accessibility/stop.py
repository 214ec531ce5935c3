from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.browser.accessibility.world import World

Way = Callable[[Page, World], Any]

VISITOR, STAFF, COORDINATOR = "", "staff", "coordinator"


@dataclass(frozen=True)
class Stop:
    """One page: its template, whom to be (a name in `World.people`, "" for a visitor) and the way there."""

    template: str
    who: str
    way: Way

    def __str__(self) -> str:
        return self.template
