from typing import Any

from django.db.models import QuerySet
from django.views.generic import DetailView, ListView

from accounts.access import SignInRequiredMixin
from generic.lists import ForgivingPages
from newsletter.forms.moment import MomentForm
from newsletter.models import DiaryEntry


class EntryView(DetailView):
    """An entry as the public reads it; to those who may edit it also before it is published, with what can be done."""

    template_name = "newsletter/entry.html"
    context_object_name = "entry"

    def get_queryset(self) -> QuerySet[DiaryEntry]:
        return DiaryEntry.objects.visible_to(self.request.user).with_people_and_places()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry: DiaryEntry = self.object
        published = DiaryEntry.objects.published().select_related("lab", "partner").defer("search", "body")
        return super().get_context_data(
            may_edit=entry.editable_for(self.request.user),
            moment=MomentForm(initial={"at": entry.publish_at}),
            more=published.filter(lab=entry.lab).exclude(pk=entry.pk).newest_first()[:3],
            **kwargs,
        )


class EntriesView(SignInRequiredMixin, ForgivingPages, ListView):
    """Everything the signed-in person may write in: drafts first, then what waits for its time, then the published."""

    template_name = "newsletter/entries.html"
    context_object_name = "entries"
    paginate_by = 25

    def get_queryset(self) -> QuerySet[DiaryEntry]:
        entries = DiaryEntry.objects.editable_by(self.request.user).with_people_and_places()
        return entries.order_by("-changed_at", "-pk")
