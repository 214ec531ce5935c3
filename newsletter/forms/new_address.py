from django import forms
from django.utils.translation import gettext_lazy as _

from newsletter.forms.address import AddressField


class NewAddressForm(forms.Form):
    """Where a subscriber wants the newsletter to go instead."""

    email = AddressField(label=_("New e-mail address"))
