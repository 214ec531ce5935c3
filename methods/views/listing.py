from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from generic.lists import readable, wants_partial
from methods.filters import MethodFilter
from methods.models import Method

PER_PAGE = 12


class MethodList(View):
    """The published methods: searched, narrowed by facets, sorted, in pages. htmx gets the results' partial alone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        methods = Method.objects.published().newest_first()
        found = MethodFilter(readable(request.GET), queryset=methods)
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
        template = "methods/_found.html" if wants_partial(request) else "methods/list.html"
        response = render(request, template, context)
        response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
        return response


def _page(results: Any, number: str | None) -> Page:
    """The page asked for; the nearest there is when the number is not one."""
    return Paginator(results, PER_PAGE).get_page(number if number and len(number) < 9 else 1)
