from typing import Any

from django.views.generic import ListView

from procurement_portal.forms.filters import FilterForm


class FilteredList(ListView):
    """A list narrowed by a form in the address (`filter_class`). A page that is not there shows the nearest that is."""

    filter_class: type[FilterForm]
    filter: FilterForm

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.filter = self.filter_class(request.GET)

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        paginator = self.get_paginator(queryset, page_size)
        page = paginator.get_page(self.request.GET.get("page"))
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(filter=self.filter, **kwargs)
