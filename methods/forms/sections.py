"""The form of each section of a report. Nothing but the title is demanded while writing: review asks for the rest."""

from typing import Any, ClassVar

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from labs.models import FocusArea
from methods.models import Revision
from methods.sections import BY_KEY, COLUMNS
from pictures.fields import PictureField, PicturesFormMixin
from pictures.visitors import Visitor

HINTS = {
    "title": _("Short, so that it is easy to talk about. At most 120 characters."),
    "summary": _("What is done, with whom, and what comes of it. At most 300 characters."),
    "target_groups": _("For example: unemployed parents born abroad, young people aged 11–15."),
    "language": _("The language you write in."),
    "hours": _("All staff together, in an ordinary week."),
    "premises": _("For example: a meeting room on the ground floor, two evenings a week."),
    "partners": _("Who has to be on board? For example: the municipality, a folk high school."),
    "cost_min": _("In whole kronor, salaries included."),
    "cost_max": _("In whole kronor, salaries included."),
    "months_to_effect": _("From the start until you could see that something was different."),
    "contact_name": _("Shown to everybody once the report is published."),
    "contact_phone": _("Optional."),
}


class SectionForm(forms.ModelForm):
    """The columns of one section. `version` is what the section was saved as when the page was opened."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    beside: ClassVar[tuple[str, ...]] = ()  # Fields of the form that are not columns of the section.

    class Meta:
        model = Revision
        fields = COLUMNS
        help_texts = HINTS
        widgets: ClassVar = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "contact_email": forms.EmailInput(attrs={"inputmode": "email", "autocomplete": "off"}),
            "contact_phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        }

    def __init__(self, *args: Any, section: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = BY_KEY[section]
        for name in set(self.fields) - {*self.section.fields, *self.beside, "version"}:
            del self.fields[name]
        if len(self.section.fields) == 1:
            # The page's heading and question say it already; the label is for screen readers.
            (name,) = self.section.fields
            self.fields[name].label = self.section.title
        for name in ("hours", "cost_min", "cost_max", "months_to_effect"):
            if name in self.fields:
                self.fields[name].widget.attrs["inputmode"] = "numeric"
        self.initial["version"] = self.instance.section_version(section)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        lowest, highest = data.get("cost_min"), data.get("cost_max")
        if lowest is not None and highest is not None and lowest > highest:
            self.add_error("cost_max", _("The highest cost is lower than the lowest. Swap them, or correct one."))
        return data

    def validate_constraints(self) -> None:
        """The database's own constraints are for its columns; the form has said the same in words."""

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values as `Revision.save_section` takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class BasicsForm(SectionForm):
    beside = ("focus_areas",)
    focus_areas = forms.ModelMultipleChoiceField(
        FocusArea.objects.all(), label=_("Focus areas"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["focus_areas"] = list(self.instance.focus_areas.all())
        self.order_fields(["title", "summary", "target_groups", "focus_areas", "language"])


class ComponentForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Core or adaptable?"),
        choices=[("core", _("Core – must stay as it is")), ("adaptable", _("Adaptable – may be changed"))],
        initial="core",
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label=_("The part"), max_length=150, required=False)
    description = forms.CharField(
        label=_("Why, or how it can be adapted"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial:
            self.fields["title"].help_text = _("Empty it to take the part away.")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("description") and not data.get("title"):
            self.add_error("title", _("Give the part a name, or empty its description too."))
        return data


class BaseComponentFormSet(BaseFormSet):
    @property
    def values(self) -> dict[str, Any]:
        parts = [form.cleaned_data for form in self.forms if form.cleaned_data.get("title")]
        return {"components": [{name: part[name] for name in ("kind", "title", "description")} for part in parts]}


ComponentFormSet = formset_factory(
    ComponentForm, formset=BaseComponentFormSet, extra=2, max_num=30, validate_max=True, absolute_max=40
)


class PicturesForm(PicturesFormMixin, forms.Form):
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    picture_1 = PictureField(label=_("First picture"), min_width=540, crops=True, required=False)
    picture_2 = PictureField(label=_("Second picture"), min_width=540, crops=True, required=False)
    picture_3 = PictureField(label=_("Third picture"), min_width=540, crops=True, required=False)
    alt_1 = forms.CharField(label=_("What the first picture shows"), max_length=300, required=False)
    alt_2 = forms.CharField(label=_("What the second picture shows"), max_length=300, required=False)
    alt_3 = forms.CharField(label=_("What the third picture shows"), max_length=300, required=False)

    field_order = ["version", *(f"{name}_{number}" for number in (1, 2, 3) for name in ("picture", "alt"))]

    def __init__(self, *args: Any, revision: Revision, visitor: Visitor, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"version": revision.section_version("pictures")}
        for number, each in enumerate(revision.illustrations.select_related("picture"), start=1):
            initial |= {f"picture_{number}": each.picture, f"alt_{number}": each.alt}
        super().__init__(*args, visitor=visitor, initial=initial, **kwargs)
        for number in range(1, Revision.MOST_PICTURES + 1):
            self.fields[f"alt_{number}"].help_text = _("For people who cannot see it. One sentence.")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for number in range(1, Revision.MOST_PICTURES + 1):
            if data.get(f"picture_{number}") and not data.get(f"alt_{number}"):
                self.add_error(f"alt_{number}", _("Say what the picture shows, for people who cannot see it."))
        return data

    @property
    def pictures(self) -> list[Any]:
        """The chosen pictures, in order."""
        chosen = (self.cleaned_data.get(f"picture_{number}") for number in range(1, Revision.MOST_PICTURES + 1))
        return [picture for picture in chosen if picture]

    @property
    def values(self) -> dict[str, Any]:
        data, numbers = self.cleaned_data, range(1, Revision.MOST_PICTURES + 1)
        return {
            "pictures": [
                {"picture": data[f"picture_{n}"].pk, "alt": data[f"alt_{n}"]} for n in numbers if data[f"picture_{n}"]
            ]
        }
