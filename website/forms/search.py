from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    """The words to look for; an empty search is no error, there is just nothing to show yet."""

    q = forms.CharField(label=_("Search words"), max_length=200, required=False)
