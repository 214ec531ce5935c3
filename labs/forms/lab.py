from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labs.forms.dates import DayField
from labs.models import Lab


class LabForm(forms.ModelForm):
    """What a lab says about itself in public."""

    starts_on = DayField(label=_("The lab starts"))
    ends_on = DayField(label=_("The lab ends"), required=False)

    class Meta:
        model = Lab
        fields = ["challenge", "description", "area", "focus_areas", "starts_on", "ends_on", "state"]
        labels = {
            "challenge": _("What is the challenge?"),
            "description": _("What does the lab do?"),
            "area": _("Where in the municipality?"),
            "state": _("Where is the lab now?"),
        }
        help_texts = {
            "challenge": _("Two or three sentences. They come first on the lab’s page."),
            "description": _("Leave an empty line between paragraphs."),
        }
        widgets = {
            "challenge": forms.Textarea(attrs={"rows": 3}),
            "description": forms.Textarea(attrs={"rows": 8}),
            "focus_areas": forms.CheckboxSelectMultiple,
            "state": forms.RadioSelect,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The lab ends before it starts. Choose a later day."))
        return data

    def save(self, *, by: Any) -> Lab:  # type: ignore[override]
        """Hand what was written to the lab's own verb."""
        self.instance.change(by=by, **self.cleaned_data)
        return self.instance
