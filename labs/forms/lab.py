from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labs.forms.dates import DayField
from labs.models import Lab
from pictures.fields import PictureField, PicturesFormMixin


class LabForm(PicturesFormMixin, forms.ModelForm):
    """What a lab says about itself in public."""

    picture = PictureField(
        label=_("Picture"),
        required=False,
        min_width=540,
        crops=True,
        help_text=_("At least 540 pixels wide. Show the place or what you do; ask the people in it first."),
    )
    alt = forms.CharField(
        label=_("What the picture shows"),
        help_text=_("For those who cannot see it. One sentence: who does what, where."),
        max_length=300,
        required=False,
    )
    starts_on = DayField(label=_("The lab starts"))
    ends_on = DayField(label=_("The lab ends"), required=False)

    class Meta:
        model = Lab
        fields = ["challenge", "description", "area", "focus_areas", "starts_on", "ends_on", "state"]
        labels = {
            "challenge": _("What is the challenge?"),
            "description": _("What does the lab do?"),
            "area": _("Where in the municipality?"),
            "focus_areas": _("What is it about?"),
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

    field_order = ["challenge", "description", "picture", "alt", "area", "focus_areas", "starts_on", "ends_on", "state"]

    def __init__(self, *args: Any, instance: Lab, **kwargs: Any) -> None:
        picture = instance.picture
        initial = {"picture": picture, "alt": picture.alt if picture else ""}
        super().__init__(*args, instance=instance, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The lab ends before it starts. Choose a later day."))
        if data.get("picture") and not data.get("alt"):
            self.add_error("alt", _("The picture has no description. Say in a sentence what it shows."))
        return data

    def rewritten(self) -> dict[str, Any]:
        """What `lab.change()` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "alt"}
