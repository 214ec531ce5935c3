from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsletter.models import DiaryEntry, Issue


class EntryChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.published_at:%Y-%m-%d} – {obj.title}"


class AddItemForm(forms.Form):
    """One more diary entry for an issue, among the hundred latest published."""

    entry = EntryChoice(DiaryEntry.objects.none(), label=_("Add a diary entry"), empty_label=_("Choose an entry"))

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = issue.items.filter(entry__isnull=False).values("entry")
        published = DiaryEntry.objects.published().exclude(pk__in=taken).defer("search", "body")
        latest = published.newest_first().values("pk")[:100]
        field = self.fields["entry"]
        field.queryset = published.filter(pk__in=latest).newest_first()  # type: ignore[attr-defined]
