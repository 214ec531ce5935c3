from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsletter.models.address import normalised


class AddressField(forms.CharField):
    """The e-mail address that the newsletter goes to, cleaned to how it is stored."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"})
    default_error_messages = {"required": _("Write the e-mail address the newsletter should go to.")}

    def __init__(self, *, label: Any) -> None:
        super().__init__(label=label, max_length=320)

    def clean(self, value: Any) -> str:
        return normalised(super().clean(value))
