from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from django.core.validators import MaxLengthValidator
from django.forms import Field, TextInput
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import mails


def code_input(**attrs: str) -> TextInput:
    """An input for a code of digits: number pad on a phone, filled in by it where it can, never corrected or stored."""
    return TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", **attrs})


def limit(field: Field, length: int) -> None:
    """Refuse more than `length` characters, in a field that somebody else has made."""
    field.validators.append(MaxLengthValidator(length))


class SignInForm(LoginForm):
    """One field: the address that gets a code. What happens next looks the same for known and unknown addresses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["login"]
        field.label = _("E-mail address")
        field.widget.attrs = {"type": "email", "autocomplete": "email", "maxlength": "254", "spellcheck": "false"}
        limit(field, 254)

    def add_error(self, field: str | None, error: Any) -> None:
        """Give "too many" its code back, which allauth loses on the way: the view answers 429 to it."""
        adapter = get_adapter()
        if error == adapter.error_messages["too_many_login_attempts"]:
            error = adapter.validation_error("too_many_login_attempts")
        super().add_error(field, error)

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response = super().login(request, redirect_url=redirect_url)
        if self.user is None:
            # A letter here too: the person learns which address was wrong, and an onlooker learns nothing.
            mails.no_account(self.cleaned_data["login"], language=get_language() or "sv")
        return response


class SignInCodeForm(ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from the e-mail")
        self.fields["code"].help_text = _("Eight digits, with or without the hyphen.")
        limit(self.fields["code"], 20)
        self.fields["code"].widget = code_input()
