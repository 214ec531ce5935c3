from typing import Any

from django.http import HttpRequest, QueryDict


class ForgivingPages:
    """For list views: a page number that makes no sense shows the first or last page instead of an error."""

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        paginator = self.get_paginator(queryset, page_size)  # type: ignore[attr-defined]
        page = paginator.get_page(self.request.GET.get("page"))  # type: ignore[attr-defined]
        return paginator, page, page.object_list, page.has_other_pages()


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for the part of the page that changes, and not for another page."""
    htmx = getattr(request, "htmx", None)  # the middleware's, which nothing before it has
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def readable(data: QueryDict) -> QueryDict:
    """The address's parameters without NUL characters, which no text here can hold, and not endlessly long."""
    clean = data.copy()
    for name, values in data.lists():
        clean.setlist(name, [value.replace("\x00", "")[:200] for value in values[:50]])
    return clean
