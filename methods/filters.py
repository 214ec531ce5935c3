"""The facets of the list of methods, and how many methods each choice leads to."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Count
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from collation import SwedishOrder
from generic.facets import FacetedFilterSet, FacetFilter
from labs.models import FocusArea, Lab
from methods.models import Evidence, Method


class ColumnFacet(FacetFilter):
    """A facet of one column. Asked in a subquery, so that no row ever comes twice."""

    def __init__(self, column: str, *, label: Any, choices: Callable[[], list[tuple[str, Any]]]) -> None:
        super().__init__(label=label, choices=choices)
        self.column = column

    def narrow(self, rows: Any, chosen: list[str]) -> Any:
        return rows.filter(pk__in=Method.objects.filter(**{f"{self.column}__in": chosen}).values("pk"))

    def count(self, rows: Any) -> dict[str, int]:
        within = Method.objects.filter(pk__in=rows.order_by().values("pk")).order_by().values_list(self.column)
        return {str(value): count for value, count in within.annotate(count=Count("pk", distinct=True))}


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


class MethodFilter(FacetedFilterSet):
    q = django_filters.CharFilter(method="look_for", label=_("Search the methods"))
    area = ColumnFacet("focus_areas__slug", label=_("Focus area"), choices=_areas)
    phase = ColumnFacet("phase", label=_("Phase"), choices=_phases)
    evidence = ColumnFacet("evidence__level", label=_("Evidence level"), choices=_levels)
    municipality = ColumnFacet("lab__municipality", label=_("Municipality"), choices=_municipalities)
    lab = ColumnFacet("lab__slug", label=_("Lab"), choices=_labs)

    class Meta:
        model = Method
        fields: list[str] = []
