"""Facets beside a list: how they narrow it, and how many rows each choice leads to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """One facet as the page shows it: only choices that lead somewhere, and those already made."""

    name: str
    label: str
    choices: list[Choice]

    @property
    def chosen(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.chosen]


class FacetFilter(django_filters.MultipleChoiceFilter):
    """Several choices widen the facet. Each kind of facet says how it narrows and counts."""

    def __init__(self, *, label: Any, choices: Callable[[], list[tuple[str, Any]]]) -> None:
        super().__init__(label=label, choices=choices, widget=forms.CheckboxSelectMultiple)

    def filter(self, qs: Any, value: list[str]) -> Any:
        return self.narrow(qs, value) if value else qs

    def narrow(self, rows: Any, chosen: list[str]) -> Any:
        """The rows that at least one of the choices fits, each once."""
        raise NotImplementedError

    def count(self, rows: Any) -> dict[str, int]:
        """How many of the rows each choice leads to. One query."""
        raise NotImplementedError


class FacetedFilterSet(django_filters.FilterSet):
    """Facets narrow the list together; choices within one widen it. Text that is no choice is ignored and told.

    A field `q` with `method="look_for"` searches by the queryset's own `search()`.
    """

    def look_for(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.search(value)

    @property
    def facets(self) -> list[Facet]:
        """Every facet with its choices counted within what the other facets and the search leave: a query each."""
        return [self._facet(name, each) for name, each in self.filters.items() if isinstance(each, FacetFilter)]

    @property
    def ignored(self) -> list[str]:
        """The labels of facets whose choice in the address does not exist."""
        return [str(self.filters[name].label) for name in self.form.errors if name in self.filters]

    def _facet(self, name: str, facet: FacetFilter) -> Facet:
        found = self.queryset.all()
        for other, value in self.form.cleaned_data.items():
            if other != name:
                found = self.filters[other].filter(found, value)
        counts = facet.count(found)
        chosen = set(self.form.cleaned_data.get(name) or [])
        choices = [
            Choice(value, label, counts.get(value, 0), value in chosen)
            for value, label in self.form.fields[name].choices
            if counts.get(value) or value in chosen
        ]
        return Facet(name, str(facet.label), choices)
