from typing import Any

from generic.faceted_list import FacetedList
from methods.filters import MethodFilter
from methods.models import Method


class MethodList(FacetedList):
    """The published methods; a search shows what matches best first, unless the newest are asked for."""

    filterset_class = MethodFilter
    template_name = "methods/list.html"
    partial_template_name = "methods/_found.html"
    per_page = 12

    def get_queryset(self) -> Any:
        return Method.objects.published().newest_first()

    def arranged(self, found: Any, *, query: str) -> tuple[Any, dict[str, Any]]:
        sort = "relevance" if query and self.request.GET.get("sort") != "newest" else "newest"
        if sort == "newest":
            found = found.newest_first()
        return found.with_summaries(), {"sort": sort}
