from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from antispam import TicketedForm
from pictures.fields import PictureField, PicturesFormMixin
from procurement_portal.fields import (
    LongTextField,
    OrganisationNumberField,
    PhoneField,
    WebsiteField,
    field_labels,
)
from procurement_portal.forms.resumable import Resumable
from procurement_portal.models import Application, Category
from procurement_portal.models.columns import DESCRIPTION_MAX
from procurement_portal.models.enclosures import SLOT_NAMES, SLOTS
from procurement_portal.models.region import CODES, REGIONS, WHOLE_COUNTRY

LABELS = field_labels()
WIDTHS = {slot.name: slot.min_width for slot in SLOTS}
MOST_CATEGORIES = 4


class ApplicationDetailsForm(PicturesFormMixin, forms.Form):
    """What an application says: the fields that the applicant can still mend after it has been sent in."""

    company = forms.CharField(
        label=LABELS["company"], max_length=150, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    organisation_number = OrganisationNumberField(
        label=LABELS["organisation_number"],
        help_text=_(
            "Ten digits, like 556016-0680. A sole trader writes their personal identity number; we never publish it."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    categories = forms.ModelMultipleChoiceField(
        label=LABELS["categories"],
        help_text=_("Choose one to four."),
        queryset=Category.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )
    regions = forms.MultipleChoiceField(
        label=LABELS["regions"],
        help_text=_("The counties where housing companies can hire you, or all of Sweden."),
        choices=REGIONS,
        widget=forms.CheckboxSelectMultiple,
    )
    website = WebsiteField(label=LABELS["website"], help_text=_("For example foretaget.se."))
    description = LongTextField(
        label=LABELS["description"],
        most=DESCRIPTION_MAX,
        help_text=_("What do you do for housing companies, and for whom? At most 2,000 characters."),
    )
    logo = PictureField(label=LABELS["logo"], min_width=WIDTHS["logo"])
    picture = PictureField(label=LABELS["picture"], min_width=WIDTHS["picture"])
    contact_name = forms.CharField(
        label=LABELS["contact_name"], max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact_title = forms.CharField(
        label=LABELS["contact_title"],
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    contact_picture = PictureField(label=LABELS["contact_picture"], min_width=WIDTHS["contact_picture"])
    phone = PhoneField(label=LABELS["phone"], help_text=_("With the area code, like 070-174 06 05."))

    def clean_categories(self) -> Any:
        categories = self.cleaned_data["categories"]
        if len(categories) > MOST_CATEGORIES:
            raise ValidationError(
                gettext("You chose %(count)s. Choose the four that describe you best."),
                params={"count": len(categories)},
            )
        return categories

    def clean_regions(self) -> list[str]:
        """In the order of the form; all of Sweden holds the counties."""
        chosen = self.cleaned_data["regions"]
        return [WHOLE_COUNTRY] if WHOLE_COUNTRY in chosen else [code for code in CODES if code in chosen]

    def columns(self) -> dict[str, Any]:
        """The cleaned values under the names of `Application`'s columns, with `categories`."""
        values = {name: self.cleaned_data[name] for name in ApplicationDetailsForm.base_fields}
        number = values.pop("organisation_number")
        regions = values.pop("regions")
        return {**values, "organisation_number": number.digits, "region_codes": regions}

    @staticmethod
    def initial_from(application: Application) -> dict[str, Any]:
        return {
            **{name: getattr(application, name) for name in ApplicationDetailsForm.base_fields if name != "categories"},
            "organisation_number": str(application.number),
            "categories": application.categories.all(),
            "regions": application.region_codes,
        }


class ApplicationForm(Resumable, TicketedForm, ApplicationDetailsForm):
    """A new application: what it says, where to confirm it, and the consent."""

    email = forms.EmailField(
        label=LABELS["email"],
        max_length=254,
        help_text=_("We e-mail a link there. Your application is sent in when you have confirmed the address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    consent = forms.BooleanField(
        label=_(
            "We agree that the company’s details and pictures, and the contact person’s name, title, picture, "
            "phone and e-mail address, are kept to handle the application and are published in the procurement "
            "portal if it is approved. We can take back the application or ask to be taken down at any time."
        ),
        error_messages={"required": _("We can only take in the application if you agree to this.")},
    )

    def columns(self) -> dict[str, Any]:
        return {
            **super().columns(),
            "form_key": self.form_key,
            "email": self.cleaned_data["email"],
            "consent": str(self.fields["consent"].label),
        }


class RequestField(forms.IntegerField):
    """The id of the complement request that the page shows. Shown again, a form shows the one that is open then."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class MendForm(ApplicationDetailsForm):
    """The application as it is, to be changed; fields that coordinators have asked about show what they asked."""

    answers = RequestField(required=False)

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        request = application.open_complement_request
        shown = {**self.initial_from(application), "answers": request.pk if request else None}
        kwargs["initial"] = {**shown, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        messages = request.messages if request else {}
        self.asked = [name for name in self.fields if name in messages]
        for name in self.asked:
            field = self.fields[name]
            field.help_text = render_to_string(
                "procurement_portal/_asked.html", {"message": messages[name], "hint": field.help_text}
            )

    @property
    def asked_fields(self) -> list[forms.BoundField]:
        """The fields that coordinators have asked about; they come first."""
        return [self[name] for name in self.asked]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if bound.name not in self.asked]

    @property
    def others_need_a_look(self) -> bool:
        return any(bound.errors for bound in self.other_fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in SLOT_NAMES:
            picture = cleaned.get(name)
            if picture is not None and picture.is_rejected:
                self.add_error(
                    name,
                    gettext("This picture could not be used: %(reason)s. Choose another one.")
                    % {"reason": picture.reason_sentence},
                )
        return cleaned


class ReplacementForm(PicturesFormMixin, forms.Form):
    """One picture, to put in the place of one that could not be used."""

    def __init__(self, *args: Any, slot: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[slot] = PictureField(label=LABELS[slot], min_width=WIDTHS[slot])


class EmailForm(forms.Form):
    """An e-mail address, to correct one or to have a link sent."""

    email = forms.EmailField(
        label=LABELS["email"], max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
