from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.forms.dates import DayField
from labs.models import Goal


class AssessmentForm(forms.Form):
    """Where a goal in words stands. `cleaned_data` is what `goal.assess()` takes."""

    step = forms.TypedChoiceField(label=_("Where do you stand?"), coerce=int, widget=forms.RadioSelect)
    rationale = forms.CharField(
        label=_("Why this step?"),
        help_text=_("What do you see or hear that shows it? It is shown on the lab’s page."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
    )
    on = DayField(label=_("Date of the assessment"))

    def __init__(self, goal: Goal, data: Any = None) -> None:
        super().__init__(data, initial={"on": timezone.localdate()})
        self.fields["step"].choices = list(enumerate(goal.steps, start=1))  # type: ignore[attr-defined]

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(_("The day has not come yet. Choose today or an earlier day."))
        return on
