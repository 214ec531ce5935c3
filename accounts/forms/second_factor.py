from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.forms import Form
from django.utils.translation import gettext_lazy as _

from accounts.forms.sign_in import code_input, limit


class _CodeFromApp(Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from your app, or a recovery code")
        self.fields["code"].widget = code_input()
        limit(self.fields["code"], 20)


class SecondFactorForm(_CodeFromApp, AuthenticateForm):
    pass


class SecondFactorAgainForm(_CodeFromApp, ReauthenticateForm):
    pass


class AppActivationForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The code that the app shows now")
        self.fields["code"].help_text = _("Six digits; the app shows new ones every half minute.")
        self.fields["code"].widget = code_input()


class _FromDevice(Form):
    """What a device answered. Its parser trips over nonsense in many ways; to us they are all one refusal."""

    def _clean_fields(self) -> None:
        with refusing_nonsense(self):
            super()._clean_fields()  # type: ignore[misc]

    def _clean_form(self) -> None:
        with refusing_nonsense(self):
            super()._clean_form()  # type: ignore[misc]


@contextmanager
def refusing_nonsense(form: Form) -> Iterator[None]:
    try:
        yield
    except Exception:
        form.add_error("credential", get_adapter().validation_error("incorrect_passkey"))


class PasskeySignInForm(_FromDevice, LoginWebAuthnForm):
    pass


class PasskeyStepForm(_FromDevice, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_FromDevice, ReauthenticateWebAuthnForm):
    pass


class PasskeyForm(_FromDevice, AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What do you call it?")
        self.fields["name"].help_text = _("For example “My phone” or “The blue key”.")
        limit(self.fields["name"], 100)
        passwordless = self.fields["passwordless"]
        passwordless.initial = True
        passwordless.label = _("Sign in with only this passkey")
        passwordless.help_text = _(
            "You need no code by e-mail then. Turn this off for older security keys that have no PIN or fingerprint."
        )


class PasskeyNameForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")
        limit(self.fields["name"], 100)
