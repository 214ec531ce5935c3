"""The pages of django-allauth that we use, under names that it looks up.

What is not here (passwords, sign-up, several e-mail addresses, connections) does not exist.
"""

from allauth.mfa.webauthn.views import login_webauthn
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from accounts.views import second_factor, sessions, sign_in

urlpatterns = [
    path(_("sign-in/"), sign_in.SignIn.as_view(), name="account_login"),
    path(_("sign-in/code/"), sign_in.SignInCode.as_view(), name="account_confirm_login_code"),
    path(_("sign-in/passkey/"), login_webauthn, name="mfa_login_webauthn"),
    path(_("sign-in/second-step/"), second_factor.SecondFactor.as_view(), name="mfa_authenticate"),
    path(_("sign-out/"), sign_in.SignOut.as_view(), name="account_logout"),
    path(_("deactivated/"), sign_in.Inactive.as_view(), name="account_inactive"),
    path(_("sessions/"), sessions.Sessions.as_view(), name="usersessions_list"),
    path(_("two-step/"), second_factor.SecondFactorIndex.as_view(), name="mfa_index"),
    path(_("two-step/again/"), second_factor.SecondFactorAgain.as_view(), name="mfa_reauthenticate"),
    path(
        _("two-step/again/choose/"),
        RedirectView.as_view(pattern_name="mfa_reauthenticate", query_string=True),
        name="account_reauthenticate",
    ),
    path(_("two-step/app/"), second_factor.App.as_view(), name="mfa_activate_totp"),
    path(_("two-step/app/removal/"), second_factor.AppRemoval.as_view(), name="mfa_deactivate_totp"),
    path(_("two-step/passkeys/new/"), second_factor.NewPasskey.as_view(), name="mfa_add_webauthn"),
    path(_("two-step/passkeys/again/"), second_factor.PasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
    path(_("two-step/passkeys/<int:pk>/"), second_factor.PasskeyName.as_view(), name="mfa_edit_webauthn"),
    path(_("two-step/passkeys/<int:pk>/removal/"), second_factor.PasskeyRemoval.as_view(), name="mfa_remove_webauthn"),
    path(_("two-step/recovery-codes/"), second_factor.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        _("two-step/recovery-codes/new/"), second_factor.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"
    ),
    path(
        _("two-step/recovery-codes.txt"),
        second_factor.RecoveryCodesFile.as_view(),
        name="mfa_download_recovery_codes",
    ),
]
