from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from labs.forms.dates import DayField
from labs.forms.numbers import NumberField, WholeNumberField
from labs.models import Goal, Measurement

NUMBERS = ["numerator", "denominator", "value"]


class MeasurementForm(forms.Form):
    """A reading of a goal. `cleaned_data` is what `goal.report()` takes, and `measurement.correct()` for a correction.

    `corrects` is the measurement to write anew; its period stays, so the form does not ask for it.
    """

    numerator = WholeNumberField(label=_("How many?"), required=False)
    denominator = WholeNumberField(label=_("Out of how many?"), required=False)
    value = NumberField(label=_("Value"), required=False)
    period_start = DayField(label=pgettext_lazy("period", "From"))
    period_end = DayField(label=pgettext_lazy("period", "To"))
    narrative = forms.CharField(
        label=_("What lies behind the number?"),
        help_text=_("A sentence or two: how you measured, what happened. You can leave it empty."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
    )
    evidence_link = forms.URLField(
        label=_("Link to the evidence"),
        help_text=_("For example the survey or the list in your own system."),
        assume_scheme="https",
        max_length=200,
        required=False,
    )
    no_value_because = forms.CharField(
        label=_("Why is there no value?"),
        help_text=_("Fill this in only if nothing could be measured."),
        max_length=300,
        required=False,
    )

    def __init__(self, goal: Goal, data: Any = None, *, corrects: Measurement | None = None) -> None:
        self.goal = goal
        super().__init__(data, initial=self.first_shown(goal, corrects))
        for name in ["value"] if goal.counts_n_of_n else ["numerator", "denominator"]:
            del self.fields[name]
        if corrects:
            del self.fields["period_start"], self.fields["period_end"]
        # Help texts may hold markup, so what a lead wrote is escaped here.
        unit = escape(goal.unit)
        if goal.counts_n_of_n:
            self.fields["denominator"].help_text = unit
        else:
            self.fields["value"].help_text = unit

    @staticmethod
    def first_shown(goal: Goal, corrects: Measurement | None) -> dict[str, Any]:
        if corrects:
            return {name: getattr(corrects, name) for name in MeasurementForm.base_fields}
        period = goal.suggested_period()
        return {"period_start": period.start, "period_end": period.end}

    @property
    def number_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in NUMBERS if name in self.fields]

    def clean_period_start(self) -> Any:
        start = self.cleaned_data["period_start"]
        if start > timezone.localdate():
            raise forms.ValidationError(_("The period has not begun yet. Choose one that has."))
        return start

    def clean_denominator(self) -> int | None:
        denominator = self.cleaned_data["denominator"]
        if denominator == 0:
            raise forms.ValidationError(
                _("There must be at least one to count among. If nobody could be asked, say why there is no value.")
            )
        return denominator

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._check_number(data)
        start, end = data.get("period_start"), data.get("period_end")
        if start and end and end < start:
            self.add_error("period_end", _("The period ends before it starts. Choose a later day."))
        return data

    def _check_number(self, data: dict[str, Any]) -> None:
        names = [name for name in NUMBERS if name in self.fields]
        if any(name in self.errors for name in names):
            return
        given = [name for name in names if data.get(name) is not None]
        if data.get("no_value_because"):
            if given:
                self.add_error(
                    "no_value_because", _("There is a number above too. Keep either the number or the reason.")
                )
            return
        for name in names:
            if name not in given:
                self.add_error(name, _("Write the number, or say further down why there is no value."))
        if len(given) == 2 and data["numerator"] > data["denominator"]:
            self.add_error(
                "numerator",
                _("%(n)d is more than the %(N)d you counted among. Check both numbers.")
                % {"n": data["numerator"], "N": data["denominator"]},
            )


class ReturnForm(forms.Form):
    note = forms.CharField(
        label=_("What should the lab look at?"),
        help_text=_("Be concrete: it is sent by e-mail to the person who recorded the measurement."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )
