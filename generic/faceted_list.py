from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from generic.facets import FacetedFilterSet
from generic.lists import readable, wants_partial


class FacetedList(View):
    """A list searched, narrowed by facets and cut into pages. htmx gets the results' partial alone.

    Subclasses name the filters, the rows to choose among and the two templates, and may put the found rows in order.
    """

    filterset_class: type[FacetedFilterSet]
    template_name: str
    partial_template_name: str
    per_page: int

    def get_queryset(self) -> Any:
        raise NotImplementedError

    def arranged(self, found: Any, *, query: str) -> tuple[Any, dict[str, Any]]:
        """The rows in order, with what they are shown with, and what more the page needs to know."""
        return found, {}

    def get(self, request: HttpRequest) -> HttpResponse:
        found = self.filterset_class(readable(request.GET), queryset=self.get_queryset())
        rows = found.qs  # reads the address
        query = found.form.cleaned_data.get("q", "")
        rows, more = self.arranged(rows, query=query)
        facets = found.facets
        context = {
            # The page asked for; the nearest there is when there is none such.
            "page_obj": Paginator(rows, self.per_page).get_page(request.GET.get("page")),
            "facets": facets,
            "chosen": [(facet, choice) for facet in facets for choice in facet.chosen],
            "query": query,
            "ignored": found.ignored,
            "is_narrowed": bool(query or any(facet.chosen for facet in facets)),
            **more,
        }
        # The same page by two roads: a cache must not give one for the other.
        response = render(
            request, self.partial_template_name if wants_partial(request) else self.template_name, context
        )
        response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
        return response
