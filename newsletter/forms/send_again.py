from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext_lazy as _

LASTS = 3600  # seconds
signer = TimestampSigner(sep=".", salt="newsletter.send_again")


class SendAgainForm(forms.Form):
    """Carries the address somebody has just signed up, signed: the letter goes there again and nowhere else."""

    address = forms.CharField(max_length=400, widget=forms.HiddenInput)

    @staticmethod
    def sign(email: str) -> str:
        return signer.sign(email)

    def clean_address(self) -> str:
        """The address itself."""
        try:
            return signer.unsign(self.cleaned_data["address"], max_age=LASTS)
        except BadSignature:
            raise ValidationError(_("The page was open for too long. Fill in the form again.")) from None

    def signed_again(self) -> "SendAgainForm":
        """The same, to be shown in the page, with its hour beginning anew."""
        return SendAgainForm(initial={"address": self.sign(self.cleaned_data["address"])})
