from typing import Any

from django.views.generic import ListView

from generic.lists import ForgivingPages
from procurement_portal.forms.filters import FilterForm


class FilteredList(ForgivingPages, ListView):
    """A list narrowed by a form in the address (`filter_class`)."""

    filter_class: type[FilterForm]
    filter: FilterForm

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.filter = self.filter_class(request.GET)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(filter=self.filter, **kwargs)
