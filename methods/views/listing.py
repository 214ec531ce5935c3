from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views import View

from methods.filters import MethodFilter
from methods.models import Method

PER_PAGE = 12


class MethodList(View):
    """The published methods: searched, narrowed by facets, sorted, in pages. htmx gets the results' partial alone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        methods = Method.objects.published().newest_first()
        found = MethodFilter(_readable(request.GET), queryset=methods)
        results = found.qs
        query = found.form.cleaned_data.get("q", "")
        sort = "relevance" if query and request.GET.get("sort") != "newest" else "newest"
        if sort == "newest":
            results = results.newest_first()
        facets = found.facets
        context = {
            "page_obj": _page(results.with_summaries(), request.GET.get("page")),
            "facets": facets,
            "chosen": [(facet, choice) for facet in facets for choice in facet.chosen],
            "query": query,
            "sort": sort,
            "ignored": found.ignored,
            "is_narrowed": bool(query or any(facet.chosen for facet in facets)),
        }
        # The same page by two roads: a cache must not give one for the other.
        template = "methods/_found.html" if _wants_partial(request) else "methods/list.html"
        response = render(request, template, context)
        response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
        return response


def _wants_partial(request: HttpRequest) -> bool:
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def _readable(data: QueryDict) -> QueryDict:
    """The address's parameters without NUL characters, which no text here can hold, and not endlessly long."""
    clean = data.copy()
    for name, values in data.lists():
        clean.setlist(name, [value.replace("\x00", "")[:200] for value in values[:50]])
    return clean


def _page(results: Any, number: str | None) -> Page:
    """The page asked for; the nearest there is when the number is not one."""
    return Paginator(results, PER_PAGE).get_page(number if number and len(number) < 9 else 1)
