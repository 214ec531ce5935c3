from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from labs.models import Measurement
from methods.models import Claim, Revision


class MeasurementChoices(forms.ModelMultipleChoiceField):
    """The lab's verified measurements as checkboxes, each saying what was measured, the number and when."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Measurement) -> str:
        return f"{obj.figure} – {obj.goal.title}, {date_format(obj.period_end, 'j F Y')}"


class ClaimForm(forms.Form):
    statement = forms.CharField(
        label=_("The result in one sentence"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Say what the numbers show, no more and no less."),
    )
    measurements = MeasurementChoices(
        Measurement.objects.none(),
        label=_("The measurements it rests on"),
        help_text=_("Only verified measurements can be chosen, and only of one goal at a time."),
        error_messages={"required": _("Choose at least one measurement.")},
    )

    def __init__(self, *args: Any, revision: Revision, claim: Claim | None = None, **kwargs: Any) -> None:
        if claim:
            kwargs["initial"] = {"statement": claim.statement, "measurements": list(claim.measurements.all())}
        super().__init__(*args, **kwargs)
        self.fields["measurements"].queryset = (  # type: ignore[attr-defined]
            Measurement.objects.verified()
            .current()
            .filter(goal__lab=revision.method.lab_id, no_value_because="")
            .select_related("goal")
            .order_by("goal__position", "goal", "-period_end")
        )

    def clean_measurements(self) -> Any:
        chosen = self.cleaned_data["measurements"]
        if len({each.goal_id for each in chosen}) > 1:
            raise forms.ValidationError(
                _("The chosen measurements belong to different goals. Make one result for each goal."), code="goals"
            )
        return chosen

    @property
    def has_measurements(self) -> bool:
        """Whether there is anything to rest a claim on."""
        return bool(self.fields["measurements"].queryset)  # type: ignore[attr-defined]
