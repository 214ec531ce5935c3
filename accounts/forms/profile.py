from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class PhoneField(forms.CharField):
    """A telephone number, Swedish unless it starts with +. Cleaned, it reads like “+46 70 123 45 67”, or is empty."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        refusal = ValidationError(
            _("“%(text)s” is not a telephone number. Write it like 070-123 45 67, or with a country code: +358 …"),
            params={"text": text},
            code="invalid",
        )
        try:
            number = phonenumbers.parse(text, "SE")
        except phonenumbers.NumberParseException as error:
            raise refusal from error
        if not phonenumbers.is_valid_number(number):
            raise refusal
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


class ProfileForm(forms.ModelForm[User]):
    phone = PhoneField(label=_("Telephone"), required=False, help_text=_("Seen by the coordinators only."))

    class Meta:
        model = User
        fields = ["name", "phone", "language"]
        labels = {"language": _("Language of the site and of our e-mails to you")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"}), "language": forms.RadioSelect}
