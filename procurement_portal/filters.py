"""The facets of the directory, and how many suppliers each choice leads to."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Any

import django_filters
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from generic.facets import FacetedFilterSet, FacetFilter
from procurement_portal.models import Category, Supplier
from procurement_portal.models.region import REGIONS, WHOLE_COUNTRY


class CategoryFacet(FacetFilter):
    def narrow(self, rows: Any, chosen: list[str]) -> Any:
        return rows.in_categories(chosen)

    def count(self, rows: Any) -> dict[str, int]:
        within = rows.order_by().values("pk")
        offered = Category.objects.filter(suppliers__in=within).order_by().values_list("slug")
        return dict(offered.annotate(count=Count("suppliers")))


class RegionFacet(FacetFilter):
    """Whoever works in all of the country is found under each county."""

    def narrow(self, rows: Any, chosen: list[str]) -> Any:
        return rows.working_in(chosen)

    def count(self, rows: Any) -> dict[str, int]:
        regions: Iterable[list[str]] = rows.order_by().values_list("region_codes", flat=True)
        counts = Counter(chain.from_iterable(regions))
        return {code: sum(counts[each] for each in {code, WHOLE_COUNTRY}) for code, _name in REGIONS}


def _categories() -> list[tuple[str, Any]]:
    return [(category.slug, category.name) for category in Category.objects.all()]


def _regions() -> list[tuple[str, Any]]:
    return REGIONS


class DirectoryFilter(FacetedFilterSet):
    q = django_filters.CharFilter(method="look_for", label=_("Search among the suppliers"))
    category = CategoryFacet(label=_("What they offer"), choices=_categories)
    region = RegionFacet(label=_("Where they work"), choices=_regions)

    class Meta:
        model = Supplier
        fields: list[str] = []
