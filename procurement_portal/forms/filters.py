from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from procurement_portal.models import Category


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


class DirectoryFilter(FilterForm):
    category = forms.ChoiceField(label=_("What they offer"), required=False)

    def __init__(self, query: QueryDict, **kwargs: Any) -> None:
        # The counts tell how many there are to find, whatever else is chosen.
        self.categories = list(Category.objects.with_supplier_counts())
        super().__init__(query, **kwargs)

    def full_clean(self) -> None:
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", _("Everything")),
            *((each.slug, f"{each.name} ({each.listed})") for each in self.categories if each.listed),
        ]
        super().full_clean()

    @property
    def chosen_category(self) -> str:
        return self.chosen("category")


class TipFilter(FilterForm):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("tips", "Not handled")),
            ("handled", pgettext_lazy("tips", "Handled")),
        ],
    )
