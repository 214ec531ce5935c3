"""The facets of the list of methods, and how many methods each choice leads to."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.db.models import Count
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from collation import SwedishOrder
from generic.facets import Choice, Facet
from labs.models import FocusArea, Lab
from methods.models import Evidence, Method


class FacetFilter(django_filters.MultipleChoiceFilter):
    """Several choices widen the facet. Asked in a subquery, so that no row ever comes twice."""

    def __init__(self, column: str, *, label: Any, choices: Callable[[], list[tuple[str, str]]]) -> None:
        super().__init__(field_name=column, label=label, choices=choices, widget=forms.CheckboxSelectMultiple)
        self.column = column

    def filter(self, qs: Any, value: list[str]) -> Any:
        if not value:
            return qs
        return qs.filter(pk__in=Method.objects.filter(**{f"{self.column}__in": value}).values("pk"))


def _areas() -> list[tuple[str, str]]:
    return [(area.slug, area.name) for area in FocusArea.objects.all()]


def _phases() -> list[tuple[str, str]]:
    return [(value, capfirst(str(label))) for value, label in Method.Phase.choices]


def _levels() -> list[tuple[str, str]]:
    return [(str(value), f"{value} – {label}") for value, label in reversed(Evidence.Level.choices)]


def _municipalities() -> list[tuple[str, str]]:
    ordered = Lab.objects.order_by(SwedishOrder("municipality"), "pk").values_list("municipality", flat=True)
    return [(place, place) for place in dict.fromkeys(ordered)]


def _labs() -> list[tuple[str, str]]:
    return list(Lab.objects.alphabetical().values_list("slug", "name"))


class MethodFilter(django_filters.FilterSet):
    """Facets narrow the list together; choices within one widen it. Text that is no choice is ignored and told."""

    q = django_filters.CharFilter(method="look_for", label=_("Search the methods"))
    area = FacetFilter("focus_areas__slug", label=_("Focus area"), choices=_areas)
    phase = FacetFilter("phase", label=_("Phase"), choices=_phases)
    evidence = FacetFilter("evidence__level", label=_("Evidence level"), choices=_levels)
    municipality = FacetFilter("lab__municipality", label=_("Municipality"), choices=_municipalities)
    lab = FacetFilter("lab__slug", label=_("Lab"), choices=_labs)

    class Meta:
        model = Method
        fields: list[str] = []

    def look_for(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.search(value)

    @property
    def facets(self) -> list[Facet]:
        """Every facet with its choices counted within what the other facets and the search leave: a query each."""
        return [self._facet(name, each) for name, each in self.filters.items() if isinstance(each, FacetFilter)]

    def _facet(self, name: str, facet: FacetFilter) -> Facet:
        found = self.queryset.all()
        for other, value in self.form.cleaned_data.items():
            if other != name:
                found = self.filters[other].filter(found, value)
        rows = (
            Method.objects.filter(pk__in=found.order_by().values("pk"))
            .order_by()
            .values_list(facet.column)
            .annotate(count=Count("pk", distinct=True))
        )
        counts = {str(value): count for value, count in rows}
        chosen = set(self.form.cleaned_data.get(name) or [])
        choices = [
            Choice(value, label, counts.get(value, 0), value in chosen)
            for value, label in self.form.fields[name].choices
            if counts.get(value) or value in chosen
        ]
        return Facet(name, str(facet.label), choices)

    @property
    def ignored(self) -> list[str]:
        """The labels of facets whose choice in the address does not exist."""
        return [str(self.filters[name].label) for name in self.form.errors if name in self.filters]
