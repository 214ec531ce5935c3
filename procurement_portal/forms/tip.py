from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from antispam import TicketedForm
from procurement_portal.fields import LongTextField
from procurement_portal.models import Tip


class TipForm(TicketedForm):
    kind = forms.ChoiceField(label=_("Your tip is about"), choices=Tip.Kind.choices, widget=forms.RadioSelect)
    subject = forms.CharField(
        label=_("What or who?"),
        max_length=200,
        help_text=_("A company, a product, a need – in a few words."),
    )
    message = LongTextField(
        label=_("Why should we know? (optional)"),
        most=3_000,
        required=False,
        help_text=_("What have you seen work, and where? At most 3,000 characters."),
    )
    name = forms.CharField(
        label=_("Your name (optional)"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address (optional)"),
        required=False,
        max_length=254,
        help_text=_("Only so that we can ask you more. We do not publish it or use it for anything else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def columns(self) -> dict[str, Any]:
        """The cleaned values under the names of `Tip`'s columns."""
        names = ["kind", "subject", "message", "name", "email"]
        return {"form_key": self.form_key, **{name: self.cleaned_data[name] for name in names}}
