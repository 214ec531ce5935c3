from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labs.forms.dates import DayField
from labs.forms.numbers import NumberField, WholeNumberField
from labs.models import Goal


class GoalForm(forms.ModelForm):
    """What both kinds of goal have in common."""

    class Meta:
        model = Goal
        fields = ["title", "why", "focus_area", "state"]
        labels = {
            "title": _("What will you reach?"),
            "why": _("Why does it matter?"),
            "focus_area": _("What is it about?"),
            "state": _("Where is the goal?"),
        }
        help_texts = {"title": _("In one short sentence.")}
        widgets = {
            "why": forms.Textarea(attrs={"rows": 3}),
            "state": forms.RadioSelect,
            "focus_area": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["focus_area"].empty_label = None  # type: ignore[attr-defined]
        if self.instance.pk is None:
            del self.fields["state"]

    def rewritten(self) -> dict[str, Any]:
        """The fields this form is about, as cleaned: what `goal.change()` takes."""
        return {name: getattr(self.instance, name) for name in self._meta.fields or [] if name in self.fields}


class MeasurableGoalForm(GoalForm):
    baseline = NumberField(
        label=_("Where did you start?"), help_text=_("The baseline: the value before you began."), required=False
    )
    baseline_on = DayField(label=_("When was that measured?"), required=False)
    target = NumberField(label=_("How far will you get?"), help_text=_("The target. For n of N: the share in percent."))
    target_on = DayField(label=_("By when?"))
    frequency_months = WholeNumberField(
        label=_("How many months between measurements?"), min_value=1, max_value=60, initial=6
    )

    class Meta(GoalForm.Meta):
        fields = [
            *GoalForm.Meta.fields,
            "indicator",
            "value_type",
            "unit",
            "counts_people",
            "direction",
            "baseline",
            "baseline_on",
            "baseline_source",
            "baseline_unknown_because",
            "target",
            "target_on",
            "frequency_months",
            "verification",
        ]
        labels = {
            **GoalForm.Meta.labels,
            "indicator": _("What do you measure?"),
            "value_type": _("What kind of number is it?"),
            "unit": _("What is counted?"),
            "counts_people": _("The number counts people"),
            "direction": _("Which way should it go?"),
            "baseline_source": _("Where does the baseline come from?"),
            "baseline_unknown_because": _("If the baseline is not known: why?"),
            "verification": _("How can somebody else check it?"),
        }
        help_texts = {
            **GoalForm.Meta.help_texts,
            "indicator": _("For example: women who got work, a placement or began to study."),
            "unit": _("For example women, activities, %, kr."),
            "counts_people": _("Then counts under five are kept from the public."),
            "verification": _("For example a survey, interviews or a list of attendance."),
        }
        widgets = {
            **GoalForm.Meta.widgets,
            "value_type": forms.RadioSelect,
            "direction": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ["indicator", "unit", "value_type", "direction"]:
            self.fields[name].required = True
        for name in ["value_type", "direction"]:
            field = self.fields[name]
            field.choices = [choice for choice in field.choices if choice[0]]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._check_baseline(data)
        self._check_target(data)
        return data

    def _check_baseline(self, data: dict[str, Any]) -> None:
        if "baseline" in self.errors or "baseline_on" in self.errors:
            return
        baseline, day, reason = data.get("baseline"), data.get("baseline_on"), data.get("baseline_unknown_because")
        if baseline is None and not reason:
            self.add_error("baseline", _("Write the baseline, or say further down why it is not known."))
        elif baseline is not None and reason:
            self.add_error(
                "baseline_unknown_because", _("There is a baseline above. Keep either the baseline or the reason.")
            )
        elif baseline is not None and day is None:
            self.add_error("baseline_on", _("Say when the baseline was measured."))
        elif baseline is None and day is not None:
            self.add_error(
                "baseline_on", _("There is a date but no baseline. Write the baseline or take the date away.")
            )

    def _check_target(self, data: dict[str, Any]) -> None:
        baseline, target, direction = data.get("baseline"), data.get("target"), data.get("direction")
        if target is None:
            return
        share = data.get("value_type") in {"percent", "n_of_n"}
        if share and target < 0:
            self.add_error("target", _("A share cannot be below 0. You wrote %(target)s.") % {"target": target})
        elif data.get("value_type") == "n_of_n" and target > 100:
            self.add_error("target", _("A share cannot be above 100. You wrote %(target)s.") % {"target": target})
        elif baseline is not None and direction == "increase" and target <= baseline:
            self.add_error("target", _("The value should increase, so the target must be above the baseline."))
        elif baseline is not None and direction == "decrease" and target >= baseline:
            self.add_error("target", _("The value should decrease, so the target must be below the baseline."))
        baseline_on, target_on = data.get("baseline_on"), data.get("target_on")
        if baseline_on and target_on and target_on <= baseline_on:
            self.add_error("target_on", _("The target date must come after the date of the baseline."))


class QualitativeGoalForm(GoalForm):
    steps_text = forms.CharField(
        label=_("What do the steps on the way look like?"),
        help_text=_("One step per line, from the worst to the best. At least two, at most seven."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=3000,
    )

    class Meta(GoalForm.Meta):
        fields = [*GoalForm.Meta.fields, "statement"]
        labels = {**GoalForm.Meta.labels, "statement": _("What will it be like when you are there?")}
        widgets = {**GoalForm.Meta.widgets, "statement": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statement"].required = True
        self.initial["steps_text"] = "\n".join(self.instance.steps)

    def clean_steps_text(self) -> str:
        text = self.cleaned_data["steps_text"]
        steps = [line.strip() for line in text.splitlines() if line.strip()]
        if not 2 <= len(steps) <= 7:
            raise forms.ValidationError(
                _("Describe between two and seven steps, one per line. There are %(steps)d now."),
                params={"steps": len(steps)},
            )
        if any(len(step) > 300 for step in steps):
            raise forms.ValidationError(_("One of the steps is longer than 300 characters. Shorten it."))
        self.instance.steps = steps
        return text

    def rewritten(self) -> dict[str, Any]:
        return {**super().rewritten(), "steps": self.instance.steps}
