from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FilterForm(forms.Form):
    """What a list is narrowed by, from the address. What makes no sense is left out: a list never answers 400."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100, widget=forms.SearchInput)

    def __init__(self, query: QueryDict, **kwargs: Any) -> None:
        super().__init__(query, **kwargs)
        self.is_valid()

    def chosen(self, name: str) -> str:
        """The cleaned value, or an empty string when there is none or it is nonsense."""
        return self.cleaned_data.get(name) or ""

    @property
    def is_narrowed(self) -> bool:
        return any(self.chosen(name) for name in self.fields)


class TipFilter(FilterForm):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("tips", "Not handled")),
            ("handled", pgettext_lazy("tips", "Handled")),
        ],
    )
