from django import forms
from django.utils.translation import gettext_lazy as _


class CancellationForm(forms.Form):
    """Why an issue is cancelled; it stands in the history."""

    because = forms.CharField(label=_("Why"), required=False, max_length=300)
