from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

FASTEST_SECONDS = 2
LONGEST_SECONDS = 24 * 3600


class HumanForm(forms.Form):
    """A form for people: machines that fill in everything at once are asked again, with all they typed kept."""

    started = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    # Nobody sees this field; what fills in everything it finds fills this in too.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    signer = TimestampSigner(salt="newsletter.human")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["started"] = self.signer.sign("form")

    def clean_started(self) -> str:
        started = self.cleaned_data["started"]
        try:
            self.signer.unsign(started, max_age=LONGEST_SECONDS)
        except BadSignature:
            self._show_instead("started", self.signer.sign("form"))
            raise ValidationError(
                _("The form had been open for very long. Everything you typed is still here: send it once more.")
            ) from None
        try:
            self.signer.unsign(started, max_age=FASTEST_SECONDS)
        except BadSignature:
            return started
        raise ValidationError(
            _("That was very quick, so we want to be sure that you are a person. Wait a few seconds and send it again.")
        )

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            self._show_instead("website", "")
            raise ValidationError(
                _("A field that should be empty was filled in, perhaps by your browser. We emptied it: send it again.")
            )
        return ""

    def _show_instead(self, name: str, value: str) -> None:
        data = dict(self.data.lists()) if isinstance(self.data, MultiValueDict) else {}
        self.data = MultiValueDict({**data, self.add_prefix(name): [value]})

    def add_error(self, field: str | None, error: Any) -> None:
        # Nobody can mend a field they cannot see: what is wrong with one is said about the form.
        hidden = field in {"started", "website"}
        super().add_error(None if hidden else field, error)
        if hidden:
            self.cleaned_data.pop(str(field), None)
