import uuid
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from antispam import tickets

UNSEEN = {"ticket", "nickname"}


class UnseenBoundField(forms.BoundField):
    def css_classes(self, extra_classes: Any = None) -> str:
        return super().css_classes("visually-hidden")


class Honeypot(forms.CharField):
    """A field that nobody sees; what fills in everything it finds fills it in too."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return UnseenBoundField(form, self, field_name)


class TicketedForm(forms.Form):
    """A form for anyone. Once valid, `form_key` tells one opened form from another, so that sent twice it counts once.

    Nothing is ever dropped silently: what looks like a machine is shown again with a sentence, with everything kept.
    """

    # No CharField: that refuses some forgeries with a sentence about characters, and hands out no new ticket.
    ticket = forms.Field(required=False, widget=forms.HiddenInput)
    nickname = Honeypot(label=_("Leave this empty"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["ticket"] = tickets.new_ticket()

    @classmethod
    def key_of(cls, data: Any) -> uuid.UUID | None:
        """The key in posted data, also of an old form: to find what an earlier sending of it made."""
        return tickets.key_of(data.get("ticket", ""))

    @property
    def form_key(self) -> uuid.UUID:
        return self.cleaned_data["ticket"]

    def clean_ticket(self) -> uuid.UUID:
        try:
            return tickets.checked(self.cleaned_data["ticket"] or "")
        except tickets.Expired:
            self._show_instead("ticket", tickets.new_ticket())
            raise ValidationError(
                _("The form was open for so long that you need to send it once more. Everything is still here."),
                code="ticket_expired",
            ) from None
        except tickets.TooFast:
            raise ValidationError(
                _(
                    "That was very quick, and we want to be sure you are a person. "
                    "Wait a few seconds and send it again."
                ),
                code="too_fast",
            ) from None

    def clean_nickname(self) -> str:
        if self.cleaned_data["nickname"]:
            self._show_instead("nickname", "")
            raise ValidationError(
                _("A field meant to be left empty was filled in, perhaps by your browser. We emptied it: send again."),
                code="honeypot",
            )
        return ""

    def _show_instead(self, name: str, value: str) -> None:
        data: Any = copy(self.data)
        data[self.add_prefix(name)] = value
        self.data = data

    def add_error(self, field: str | None, error: Any) -> None:
        # Nobody can mend a field they cannot see, so what is said about one is said about the form.
        super().add_error(None if field in UNSEEN else field, error)
        if field in UNSEEN:
            self.cleaned_data.pop(str(field), None)
