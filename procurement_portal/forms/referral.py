from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from antispam import TicketedForm
from procurement_portal.fields import LongTextField
from procurement_portal.models.no_more_tips import mark_of


class ReferralForm(TicketedForm):
    """Who is tipped and by whom. No words of one's own: what we mail to strangers is ours."""

    recipient = forms.EmailField(
        label=_("Your colleague’s e-mail address"),
        max_length=254,
        help_text=_("One address. We mail it once and delete it within three days."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    sender = forms.EmailField(
        label=_("Your own e-mail address"),
        max_length=254,
        help_text=_(
            "Your colleague sees it. We first mail you a link, and send nothing until you have followed it and pressed "
            "the button."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, known_sender: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_sender = known_sender
        if known_sender:
            del self.fields["sender"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        recipient, sender = cleaned.get("recipient"), cleaned.get("sender") or self.known_sender
        if recipient and sender and mark_of(recipient) == mark_of(sender):
            self.add_error(
                "recipient",
                ValidationError(gettext("That is your own address. Write your colleague’s."), code="own_address"),
            )
        return cleaned

    def columns(self) -> dict[str, Any]:
        """The cleaned values under the names of `Referral`'s columns."""
        return {
            "form_key": self.form_key,
            "recipient": self.cleaned_data["recipient"],
            "sender": self.known_sender or self.cleaned_data["sender"],
        }


class PauseForm(forms.Form):
    """Why our mails are turned off."""

    because = LongTextField(
        label=_("Why are they turned off?"),
        most=2_000,
        help_text=_("Only coordinators see it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
