from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from labs.models import Lab
from overview.actions import KINDS, Action, Kind


@dataclass(frozen=True)
class Choice:
    """A way to narrow the list, with how much it leaves."""

    key: str
    label: str
    count: int
    chosen: bool


class ActionFilter:
    """Narrows what waits to a kind and a lab, as the address says. What the address says wrongly is not there."""

    def __init__(self, actions: Sequence[Action], query: QueryDict) -> None:
        self.all = actions
        kinds = {kind.key: kind for kind in KINDS}
        self.kind: type[Kind] | None = kinds.get(query.get("kind", ""))
        self.labs: list[Lab] = list(Lab.objects.filter(pk__in={a.lab.pk for a in actions if a.lab}).alphabetical())
        self.lab: Lab | None = next((lab for lab in self.labs if lab.slug == query.get("lab")), None)

    @property
    def actions(self) -> list[Action]:
        return [action for action in self.all if self._of_kind(action) and self._of_lab(action)]

    @property
    def kind_choices(self) -> list[Choice]:
        counts = Counter(action.kind for action in self.all if self._of_lab(action))
        return [
            Choice(kind.key, str(kind.label), counts[kind], kind is self.kind)
            for kind in KINDS
            if counts[kind] or kind is self.kind
        ]

    @property
    def lab_choices(self) -> list[Choice]:
        counts = Counter(action.lab for action in self.all if self._of_kind(action))
        return [Choice(lab.slug, lab.name, counts[lab], lab == self.lab) for lab in self.labs]

    def _of_kind(self, action: Action) -> bool:
        return self.kind is None or action.kind is self.kind

    def _of_lab(self, action: Action) -> bool:
        return self.lab is None or action.lab == self.lab
