from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsletter.models import Schedule
from newsletter.models.rhythm import Rhythm


class SchedulesForm(forms.Form):
    """Which digests the clock sends by itself."""

    automatic = forms.MultipleChoiceField(
        label=_("Send automatically"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (Rhythm.EACH, _("As it happens: as soon as something is published")),
            (Rhythm.WEEKLY, _("The weekly digest: Mondays at 06.00")),
            (Rhythm.MONTHLY, _("The monthly digest: the first of the month at 06.00")),
        ],
        help_text=_("What is not ticked is composed as a draft and waits for one of you."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        chosen = Schedule.objects.filter(automatic=True).values_list("rhythm", flat=True)
        super().__init__(*args, **kwargs)
        self.initial = {"automatic": list(chosen)}

    def save(self, *, by: Any) -> None:
        Schedule.automate(self.cleaned_data["automatic"], by=by)
