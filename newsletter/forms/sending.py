from django import forms
from django.utils.translation import gettext_lazy as _


class ConfirmedForm(forms.Form):
    """The number of recipients a person has seen and said yes to."""

    audience = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ScheduledForm(ConfirmedForm):
    """The same, with the time of sending."""

    at = forms.DateTimeField(
        label=_("Day and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "invalid": _("That is not a day and a time. Write them like 2026-11-30 06:00."),
            "required": _("Choose the day and time of sending."),
        },
    )
