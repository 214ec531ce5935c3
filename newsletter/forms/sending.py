from django import forms
from django.utils.translation import gettext_lazy as _

from newsletter.forms.moment import MomentField


class ConfirmedForm(forms.Form):
    """The number of recipients a person has seen and said yes to."""

    audience = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ScheduledForm(ConfirmedForm):
    """The same, with the time of sending."""

    at = MomentField(label=_("Day and time"), error_messages={"required": _("Choose the day and time of sending.")})
