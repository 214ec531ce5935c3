from django import forms
from django.utils.translation import gettext_lazy as _

from newsletter.models import Issue


class ComposeForm(forms.Form):
    """Which kind of issue to begin."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Issue.Kind.choices,
        initial=Issue.Kind.WEEKLY,
        help_text=_(
            "A digest is filled with all that is new since the last one of its kind. A special issue is empty."
        ),
    )
