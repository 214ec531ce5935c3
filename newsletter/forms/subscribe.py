from django import forms
from django.utils.translation import gettext_lazy as _

from antispam import TicketedForm
from newsletter.forms.address import AddressField
from newsletter.forms.preferences import ChoicesForm

# What a subscriber agrees to. Stored word for word, in the language it was read in, with every sign-up.
CONSENT = _(
    "Yes, send me the diary newsletter by e-mail. You keep my address and my choices for that only, count no clicks, "
    "and forget me when I ask. I can leave with one click in every e-mail."
)


class SubscribeForm(ChoicesForm, TicketedForm):
    """Signing up for the newsletter. An address is only written to for real once its owner has confirmed it."""

    email = AddressField(label=_("E-mail address"))
    consent = forms.BooleanField(
        label=CONSENT, error_messages={"required": _("Tick this if you want the newsletter; we need your yes.")}
    )

    field_order = ["email", "frequency", "labs", "focus_areas", "language", "consent"]
