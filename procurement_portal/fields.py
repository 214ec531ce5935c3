"""Form fields that read what people write and say what was wrong with it."""

from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from procurement_portal.organisation_number import OrganisationNumber, OrganisationNumberError


class OrganisationNumberField(forms.CharField):
    """Cleans to an `OrganisationNumber`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 40, **options})

    def clean(self, value: Any) -> OrganisationNumber | None:
        written = super().clean(value)
        if not written:
            return None
        try:
            return OrganisationNumber.read(written)
        except OrganisationNumberError as error:
            raise ValidationError(str(error), code="organisation_number") from None


class PhoneField(forms.CharField):
    """Cleans to E.164 (`+46701740605`); a number without a country code is taken as Swedish."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 40, **options})

    def clean(self, value: Any) -> str:
        written = super().clean(value)
        if not written:
            return ""
        try:
            number = phonenumbers.parse(written, "SE")
            if phonenumbers.is_valid_number(number):
                return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        except phonenumbers.NumberParseException:
            pass
        raise ValidationError(
            gettext(
                "“%(found)s” is not a phone number we can call. Write it with its area code, like 070-174 06 05, "
                "or with a country code, like +45 32 12 34 56."
            ),
            code="phone",
            params={"found": written[:40]},
        )

    def prepare_value(self, value: Any) -> Any:
        return national(value) if isinstance(value, str) and value.startswith("+") else value


def national(e164: str) -> str:
    """A stored number as people here write it: 070-174 06 05; with the country code when it is foreign."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if number.country_code == 46
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, style)


class WebsiteField(forms.URLField):
    """A web address; https:// is put before one that lacks it."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 200, "assume_scheme": "https", **options})
        # Not type="url": browsers would refuse “foretaget.se” before we can put https:// before it.
        self.widget.input_type = "text"
        self.widget.attrs.update({"inputmode": "url", "autocomplete": "url"})


class LongTextField(forms.CharField):
    """Text of some length; says how much too long it is, counting a line break as one character."""

    widget = forms.Textarea

    def __init__(self, *, most: int, **options: Any) -> None:
        self.most = most
        super().__init__(**options)
        self.widget.attrs.setdefault("rows", 7)
        self.widget.attrs["data-most"] = most

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(
                gettext("You wrote %(count)s characters. There is room for %(most)s, so take away %(over)s."),
                code="max_length",
                params={"count": len(value), "most": self.most, "over": len(value) - self.most},
            )


def field_labels() -> dict[str, Any]:
    """What the fields of the application form are called, in the order of the form."""
    return {
        "company": _("Company"),
        "organisation_number": _("Organisation number"),
        "categories": _("What you offer"),
        "regions": _("Where you work"),
        "website": _("Website"),
        "description": _("Description"),
        "logo": _("Logo"),
        "picture": _("Picture"),
        "contact_name": _("Contact person"),
        "contact_title": _("Title"),
        "contact_picture": _("Picture of the contact person"),
        "phone": _("Phone"),
        "email": _("E-mail address"),
    }
