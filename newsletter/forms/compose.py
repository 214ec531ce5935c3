from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from newsletter.models import Issue


class ComposeForm(forms.Form):
    """Which kind of issue to begin."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, capfirst(kind.label)) for kind in Issue.Kind],
        initial=Issue.Kind.WEEKLY,
        help_text=_("A digest is filled with all that is new since the last one. A special issue is empty."),
    )
