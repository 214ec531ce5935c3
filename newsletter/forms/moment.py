from django import forms
from django.utils.translation import gettext_lazy as _


class MomentForm(forms.Form):
    """A day and a time, as the clock shows them in Sweden."""

    at = forms.DateTimeField(
        label=_("Day and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("That is not a day and a time. Write them like 2026-11-30 06:00.")},
    )
