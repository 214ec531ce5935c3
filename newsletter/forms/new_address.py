from django import forms
from django.utils.translation import gettext_lazy as _

from newsletter.models.address import normalised


class NewAddressForm(forms.Form):
    """Where a subscriber wants the newsletter to go instead."""

    email = forms.CharField(
        label=_("New e-mail address"),
        max_length=320,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"required": _("Write the e-mail address the newsletter should go to.")},
    )

    def clean_email(self) -> str:
        return normalised(self.cleaned_data["email"])
