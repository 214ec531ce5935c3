from typing import Any

from django.views.generic import ListView

from generic.lists import ForgivingPages
from newsletter.forms.diary_filter import DiaryFilterForm
from newsletter.models import DiaryEntry


class DiaryView(ForgivingPages, ListView):
    """The public diary: newest first, narrowed by lab, focus area or words."""

    template_name = "newsletter/diary.html"
    context_object_name = "entries"
    paginate_by = 12

    def get_queryset(self) -> Any:
        self.filter = DiaryFilterForm(self.request.GET)
        return self.filter.narrow(DiaryEntry.objects.published().with_people_and_places())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(filter=self.filter, **kwargs)
