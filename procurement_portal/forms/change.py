from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from antispam import TicketedForm
from procurement_portal.fields import LongTextField
from procurement_portal.forms.application import LABELS, ApplicationDetailsForm
from procurement_portal.forms.filters import FilterForm
from procurement_portal.models import ChangeRequest, Supplier
from procurement_portal.models.wording import ABOUT_THE_CONTACT, FIELDS


class ChangeForm(TicketedForm, ApplicationDetailsForm):
    """What a listed company would have its page say. It begins from what the page says, or from an earlier proposal."""

    # A company with another number is another company: it applies anew.
    organisation_number = None  # type: ignore[assignment]
    email = forms.EmailField(
        label=LABELS["email"],
        max_length=254,
        help_text=_(
            "If you change it we mail a link to the new address. It counts once somebody there has followed the link "
            "and pressed the button."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    consent = forms.BooleanField(
        label=_(
            "The contact person agrees that their name, title, picture, phone and e-mail address are published in the "
            "procurement portal."
        ),
        help_text=_("Tick this if you change anything about the contact person."),
        required=False,
    )

    def __init__(self, *args: Any, supplier: Supplier, begun_from: ChangeRequest | None, **kwargs: Any) -> None:
        said = {field: supplier.says(field) for field in FIELDS}
        # What an earlier proposal has forgotten by now is said as on the page.
        proposed = {field: begun_from.wish(field) for field in begun_from.fields} if begun_from else {}
        wished = {field: value for field, value in proposed.items() if value is not None}
        initial = {**said, **wished}
        chosen = self.base_fields["categories"].queryset.filter(slug__in=initial["categories"])  # type: ignore[attr-defined]
        kwargs["initial"] = {**initial, "categories": chosen, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.supplier = supplier

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        differing = self.supplier.differing(self.wishes())
        if not differing:
            raise ValidationError(
                gettext("You have not changed anything yet. Change what is wrong, and send it in."), code="unchanged"
            )
        if not cleaned["consent"] and set(differing) & set(ABOUT_THE_CONTACT):
            self.add_error(
                "consent",
                ValidationError(
                    gettext("You change something about the contact person, who has to agree to it."), code="consent"
                ),
            )
        return cleaned

    def wishes(self) -> dict[str, Any]:
        """The cleaned values as a listing says them: field → value."""
        return {
            **{field: self.cleaned_data[field] for field in FIELDS},
            "categories": [category.slug for category in self.cleaned_data["categories"]],
        }

    @property
    def agreed_to(self) -> str:
        """The words of the consent, if it was given."""
        return str(self.fields["consent"].label) if self.cleaned_data["consent"] else ""


class AcceptanceForm(forms.Form):
    """Which of the proposed changes are taken over, and why the others are not."""

    fields_accepted = forms.MultipleChoiceField(
        label=_("What is taken over"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one change. If you want none of them, decline the proposal.")},
    )
    because = LongTextField(
        label=_("Why not everything?"),
        most=2_000,
        required=False,
        help_text=_("Only if you leave something out. The supplier reads it in the e-mail and on their page."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, change: ChangeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.change = change
        choices = [(field, LABELS[field]) for field in change.fields]
        self.fields["fields_accepted"].choices = choices  # type: ignore[attr-defined]

    @property
    def ticked(self) -> list[str]:
        """The fields whose boxes are ticked: all of them on a page that was just opened."""
        if self.is_bound:
            return list(self.data.getlist("fields_accepted"))  # type: ignore[attr-defined]
        return [field for field in self.change.fields if not self.change.is_unusable(field)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        accepted = cleaned.get("fields_accepted")
        if accepted and len(accepted) < len(self.change.fields) and not cleaned.get("because"):
            self.add_error(
                "because",
                ValidationError(gettext("Say why you leave something out: the supplier is to know."), code="required"),
            )
        return cleaned


class DeclineForm(forms.Form):
    because = LongTextField(
        label=_("Why?"),
        most=2_000,
        help_text=_("The supplier reads it in the e-mail and on their page. Write it in their language."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ChangesFilter(FilterForm):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Waiting for an answer")),
            ("closed", _("Answered or taken back")),
        ],
    )
