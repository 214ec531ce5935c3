from django import forms
from django.utils.translation import gettext_lazy as _


class RequestForm(forms.Form):
    """Why a coordinator does something for a subscriber: it stays in the history."""

    because = forms.CharField(
        label=_("Why?"),
        max_length=200,
        help_text=_("For example: asked for it by phone. It stays in the history, so write no names or addresses."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write why; it stays in the history.")},
    )
