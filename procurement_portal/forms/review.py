from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.html import escape
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from procurement_portal.fields import LongTextField, field_labels, national
from procurement_portal.forms.application import ApplicationDetailsForm
from procurement_portal.models import Application, DecisionTemplate, Recommendation
from procurement_portal.models.decision_template import MEANT_AS_PLACE


class NoteForm(forms.Form):
    body = LongTextField(
        label=_("New note"),
        most=5_000,
        help_text=_("Only coordinators see it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReasonForm(forms.Form):
    """Why: for taking down a listing."""

    because = LongTextField(
        label=_("Reason"),
        most=2_000,
        help_text=_("Only coordinators see it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Question(NamedTuple):
    """A field of the application in the form: the tick that asks about it, and the words."""

    tick: BoundField
    words: BoundField


class ComplementForm(forms.Form):
    """Tick the fields that are to be mended and say what, or say something about the whole; at least one of them."""

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = field_labels()
        written = {name: getattr(application, name, "") for name in labels} | {
            "organisation_number": application.number,
            "categories": ", ".join(category.name for category in application.categories.all()),
            "phone": national(application.phone),
        }
        self.askable = [name for name in labels if name in ApplicationDetailsForm.base_fields]
        for name in self.askable:
            self.fields[tick_of(name)] = forms.BooleanField(label=labels[name], required=False)
            self.fields[name] = LongTextField(
                label=format_lazy("{label}: {ask}", label=labels[name], ask=_("what is to be corrected?")),
                most=500,
                required=False,
                # Help texts may hold markup, so what the applicant wrote is escaped here.
                help_text=escape(Truncator(written[name]).chars(160)),
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.fields["note"] = LongTextField(
            label=_("About the whole application"), most=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
        )

    @property
    def questions(self) -> list[Question]:
        return [Question(self[tick_of(name)], self[name]) for name in self.askable]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.askable:
            ticked, words = cleaned.get(tick_of(name)), cleaned.get(name)
            if ticked and words == "":
                self.add_error(name, gettext("Say what is to be corrected here, or take the tick away."))
            elif words and not ticked:
                self.add_error(
                    name, gettext("You have written something here. Tick it to ask, or take the words away.")
                )
        if not self.errors and not self.messages and not cleaned["note"]:
            raise ValidationError(gettext("Say at least one thing to correct: the applicant gets only your words."))
        return cleaned

    @property
    def messages(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.askable if self.cleaned_data[tick_of(name)]}


def tick_of(name: str) -> str:
    return f"ask_{name}"


class LetterForm(forms.Form):
    """A subject and a letter with places to fill in."""

    subject = forms.CharField(label=_("Subject of the e-mail"), max_length=150)
    letter = LongTextField(label=_("Letter"), most=5_000, widget=forms.Textarea(attrs={"rows": 14}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("subject", "letter"):
            meant = [place.strip() for place in MEANT_AS_PLACE.findall(cleaned.get(name, ""))]
            unknown = [place for place in meant if place not in DecisionTemplate.PLACES]
            if unknown:
                self.add_error(
                    name,
                    gettext("“%(found)s” cannot be filled in. What can: %(known)s.")
                    % {
                        "found": Truncator("{{ %s }}" % unknown[0]).chars(60),  # noqa: UP031
                        "known": ", ".join("{{ %s }}" % place for place in DecisionTemplate.PLACES),  # noqa: UP031
                    },
                )
        return cleaned


class WordingForm(LetterForm):
    """A wording, and the number of the version that it was made from."""

    after = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    EXAMPLE = {
        "contact": _("Demo Contact"),
        "company": _("The Example Company"),
        "reference": "IP-2345-6789",
        "reason": _("Here stands the reason that you give."),
    }

    @property
    def example(self) -> dict[str, str]:
        """Subject and letter with their places filled in."""
        places = {name: str(value) for name, value in self.EXAMPLE.items()}
        return {name: DecisionTemplate.fill(self.cleaned_data[name], **places) for name in ("subject", "letter")}


class RecommendationForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("What do you recommend?"),
        choices=[
            (Recommendation.Verdict.APPROVE, _("Approve the application")),
            (Recommendation.Verdict.REJECT, _("Reject the application")),
        ],
        widget=forms.RadioSelect,
    )
    because = LongTextField(
        label=_("Why?"),
        most=2_000,
        help_text=_("Only coordinators see it."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class DecisionForm(LetterForm):
    """The reason, and the letter that carries it."""

    because = LongTextField(
        label=_("Reason"),
        most=2_000,
        help_text=_("The applicant reads it in the letter and on their page. Write it in the applicant’s language."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    # The id of the version that the letter begins from; empty for the wording that comes with the site.
    template = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    field_order = ["because", "subject", "letter"]

    def __init__(self, *args: Any, application: Application, outcome: str, **kwargs: Any) -> None:
        self.outcome, self.language = outcome, application.language
        template = DecisionTemplate.in_use(outcome, application.language)
        self.places = {
            "contact": application.contact_name,
            "company": application.company,
            "reference": application.reference,
        }
        kwargs["initial"] = {
            "subject": DecisionTemplate.fill(template.subject, **self.places),
            "letter": DecisionTemplate.fill(template.body, **self.places),
            "template": template.pk,
        }
        super().__init__(*args, **kwargs)
        self.fields["letter"].help_text = _("The reason above is put where it says {{ reason }}.")

    @property
    def begun_from(self) -> DecisionTemplate:
        return DecisionTemplate.begun_from(self.outcome, self.language, self.cleaned_data["template"])

    @property
    def filled(self) -> dict[str, str]:
        """`subject` and `letter` as they will be mailed, and `because`."""
        because = self.cleaned_data["because"]
        places = {**self.places, "reason": because}
        return {
            "because": because,
            "subject": DecisionTemplate.fill(self.cleaned_data["subject"], **places),
            "letter": DecisionTemplate.fill(self.cleaned_data["letter"], **places),
        }
