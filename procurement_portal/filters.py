"""The facets of the directory, and how many suppliers each choice leads to."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

import django_filters
from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from generic.facets import Choice, Facet
from procurement_portal.models import Category, Supplier
from procurement_portal.models.region import REGIONS, WHOLE_COUNTRY


class FacetFilter(django_filters.MultipleChoiceFilter):
    """Several choices widen the facet."""

    def __init__(self, *, label: Any, choices: Callable[[], list[tuple[str, Any]]]) -> None:
        super().__init__(label=label, choices=choices, widget=forms.CheckboxSelectMultiple)

    def filter(self, qs: Any, value: list[str]) -> Any:
        return self.narrow(qs, value) if value else qs

    def narrow(self, suppliers: Any, chosen: list[str]) -> Any:
        raise NotImplementedError

    def count(self, suppliers: Any) -> dict[str, int]:
        """How many of the suppliers each choice leads to. One query."""
        raise NotImplementedError


class CategoryFacet(FacetFilter):
    def narrow(self, suppliers: Any, chosen: list[str]) -> Any:
        return suppliers.in_categories(chosen)

    def count(self, suppliers: Any) -> dict[str, int]:
        within = suppliers.order_by().values("pk")
        rows = Category.objects.filter(suppliers__in=within).order_by().values_list("slug")
        return dict(rows.annotate(count=Count("suppliers")))


class RegionFacet(FacetFilter):
    """Whoever works in all of the country is found under each county."""

    def narrow(self, suppliers: Any, chosen: list[str]) -> Any:
        return suppliers.working_in(chosen)

    def count(self, suppliers: Any) -> dict[str, int]:
        rows: Iterable[list[str]] = suppliers.order_by().values_list("region_codes", flat=True)
        counts = Counter(chain.from_iterable(rows))
        return {code: sum(counts[each] for each in {code, WHOLE_COUNTRY}) for code, _name in REGIONS}


def _categories() -> list[tuple[str, Any]]:
    return [(category.slug, category.name) for category in Category.objects.all()]


def _regions() -> list[tuple[str, Any]]:
    return REGIONS


class DirectoryFilter(django_filters.FilterSet):
    """Facets narrow the list together; choices within one widen it. Text that is no choice is ignored and told."""

    q = django_filters.CharFilter(method="look_for", label=_("Search among the suppliers"))
    category = CategoryFacet(label=_("What they offer"), choices=_categories)
    region = RegionFacet(label=_("Where they work"), choices=_regions)

    class Meta:
        model = Supplier
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
        counts = facet.count(found)
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
