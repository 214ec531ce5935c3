"""Everything that waits for a coordinator: one class per kind, each a query or two whatever the number of rows.

A part that gets something new to wait for adds a class to its file here and puts it in `KINDS`.
"""

from accounts.models import User
from overview.actions.action import Action, Kind
from overview.actions.labs import Baselines, Overdue, Verifications
from overview.actions.methods import Evidences, Reviews
from overview.actions.newsletter import HeldBack, Interrupted, Issues, Uncertainties
from overview.actions.procurement_portal import Applications, Changes, Tips

__all__ = ["KINDS", "Action", "Kind", "everything_waiting"]

KINDS: list[type[Kind]] = [
    Verifications,
    Reviews,
    Evidences,
    Applications,
    Changes,
    Tips,
    Issues,
    HeldBack,
    Interrupted,
    Uncertainties,
    Overdue,
    Baselines,
]


def everything_waiting(user: User) -> list[Action]:
    """All that waits, oldest first."""
    actions = [action for kind in KINDS for action in kind.waiting(user)]
    return sorted(actions, key=lambda action: action.since)
