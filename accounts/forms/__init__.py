from accounts.forms.invitation import AcceptanceForm, InvitationForm
from accounts.forms.profile import ProfileForm
from accounts.forms.second_factor import (
    AppActivationForm,
    PasskeyAgainForm,
    PasskeyForm,
    PasskeyNameForm,
    PasskeySignInForm,
    PasskeyStepForm,
    SecondFactorAgainForm,
    SecondFactorForm,
)
from accounts.forms.sign_in import SignInCodeForm, SignInForm

__all__ = [
    "AcceptanceForm",
    "AppActivationForm",
    "InvitationForm",
    "PasskeyAgainForm",
    "PasskeyForm",
    "PasskeyNameForm",
    "PasskeySignInForm",
    "PasskeyStepForm",
    "ProfileForm",
    "SecondFactorAgainForm",
    "SecondFactorForm",
    "SignInCodeForm",
    "SignInForm",
]
