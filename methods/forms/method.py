from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from labs.models import Lab
from methods.models import Evidence, Method
from methods.sections import SECTIONS
from richtext.fields import RichTextFormField


class MethodForm(forms.Form):
    """What it takes to begin: a title and a lab of one's own."""

    title = forms.CharField(
        label=_("What do you call the method?"),
        max_length=120,
        help_text=_("Short, so that it is easy to talk about. You can change it later."),
    )
    lab = forms.ModelChoiceField(Lab.objects.none(), label=_("Lab"), empty_label=None)
    language = forms.ChoiceField(label=_("The language you write in"), choices=settings.LANGUAGES, initial="sv")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labs = Lab.objects.staffed_by(user).alphabetical()
        self.fields["lab"].queryset = labs  # type: ignore[attr-defined]
        if len(labs) == 1:
            self.fields["lab"].initial = labs[0]
            self.fields["lab"].widget = forms.HiddenInput()


class EvidenceForm(forms.Form):
    level = forms.TypedChoiceField(
        label=_("Evidence level"),
        choices=[(value, f"{value} – {label}") for value, label in Evidence.Level.choices],
        coerce=int,
        widget=forms.RadioSelect,
    )
    rationale = forms.CharField(
        label=_("Why this level"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A few sentences that everybody can read. You sign them with your name."),
    )


class ReviewForm(forms.Form):
    """A comment box per section, and the evidence to sign when the verdict is to publish."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section in SECTIONS:
            self.fields[f"comment_{section.key}"] = forms.CharField(
                label=_("Comment on “%(section)s”") % {"section": section.title},
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.fields["comment_"] = forms.CharField(
            label=_("Comment on the whole"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
        )

    @property
    def comments(self) -> dict[str, str]:
        return {name.removeprefix("comment_"): text for name, text in self.cleaned_data.items() if text}


class PhaseForm(forms.Form):
    phase = forms.ChoiceField(label=_("Phase"), choices=Method.Phase.choices, widget=forms.RadioSelect)
    because = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("One or two sentences.")
    )
    learned = RichTextFormField(
        label=_("What was learned"),
        required=False,
        help_text=_(
            "Needed when the method is stopped. It stands on top of the method’s page, for others to learn from."
        ),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("phase") == Method.Phase.STOPPED and not data.get("learned"):
            self.add_error("learned", _("Say what was learned before the method is stopped."))
        return data


class WithdrawalForm(forms.Form):
    because = forms.CharField(
        label=_("Why is it withdrawn?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Readers who come to the page will see this."),
    )
