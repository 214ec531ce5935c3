import uuid
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

FILLED_IN_NO_FASTER_THAN = 3  # seconds
LASTS = 7 * 24 * 3600  # seconds: as long as the pictures of a form that was never sent


class UnseenBoundField(forms.BoundField):
    def css_classes(self, extra_classes: Any = None) -> str:
        return super().css_classes("visually-hidden")


class Honeypot(forms.CharField):
    """A field that nobody sees; what fills in everything it finds fills it in too."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return UnseenBoundField(form, self, field_name)


class TicketedForm(forms.Form):
    """A form for anyone: sent twice it counts once, and machines that fill everything in at once get a second question.

    A hidden, signed and dated ticket holds the form's key (`form_key` once valid). Nothing is ever dropped silently:
    what looks like a machine is shown again with a sentence, with everything kept.
    """

    ticket = forms.Field(widget=forms.HiddenInput, required=False)
    nickname = Honeypot(label=_("Leave this empty"), required=False)

    signer = TimestampSigner(sep=".", salt="procurement_portal.ticket")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["ticket"] = self.new_ticket()

    @classmethod
    def new_ticket(cls) -> str:
        return cls.signer.sign(uuid.uuid4().hex)

    @classmethod
    def key_of(cls, data: Any) -> uuid.UUID | None:
        """The key of the ticket in posted data, however old: to find what an earlier sending of the form made."""
        try:
            return uuid.UUID(cls.signer.unsign(data.get("ticket", "")))
        except (BadSignature, ValueError):
            return None

    @property
    def form_key(self) -> uuid.UUID:
        return uuid.UUID(self.cleaned_data["ticket"])

    def clean_ticket(self) -> str:
        """The form's key as hex."""
        ticket = self.cleaned_data["ticket"] or ""
        try:
            key = self.signer.unsign(ticket, max_age=LASTS)
        except BadSignature:
            self._show_instead("ticket", self.new_ticket())
            raise ValidationError(
                _t("The form was open for so long that you need to send it once more. Everything is still here."),
                code="ticket_expired",
            ) from None
        try:
            # Signed less than so many seconds ago: filled in by something quicker than fingers.
            self.signer.unsign(ticket, max_age=FILLED_IN_NO_FASTER_THAN)
        except BadSignature:
            return key
        raise ValidationError(
            _t("That was very quick, and we want to be sure you are a person. Wait a few seconds and send it again."),
            code="too_fast",
        )

    def clean_nickname(self) -> str:
        if self.cleaned_data["nickname"]:
            self._show_instead("nickname", "")
            raise ValidationError(
                _t("A field meant to be left empty was filled in, perhaps by your browser. We emptied it: send again."),
                code="honeypot",
            )
        return ""

    def _show_instead(self, name: str, value: str) -> None:
        data: Any = copy(self.data)
        data[self.add_prefix(name)] = value
        self.data = data

    def add_error(self, field: str | None, error: Any) -> None:
        # Nobody can mend a hidden field, so what is said about one is said about the form.
        super().add_error(None if field in {"ticket", "nickname"} else field, error)
        if field in {"ticket", "nickname"}:
            self.cleaned_data.pop(field, None)
