"""The named refusals of this part; each says one sentence to the person who tried."""

from django.utils.translation import gettext as _

from workflow import IllegalTransition


class AlreadyInactive(IllegalTransition):
    def __init__(self) -> None:
        super().__init__(_("This account is deactivated already."))


class CannotDeactivateOneself(IllegalTransition):
    def __init__(self) -> None:
        super().__init__(_("You cannot deactivate your own account. Ask another coordinator."))


class InvitationIsClosed(IllegalTransition):
    def __init__(self) -> None:
        super().__init__(_("This invitation has been accepted, withdrawn or has run out."))


class InvitationIsForAnother(IllegalTransition):
    def __init__(self, email: str) -> None:
        super().__init__(
            _("You are signed in as somebody else. Sign out, and open the link again to join as %(email)s.")
            % {"email": email}
        )


class AccountIsDeactivated(IllegalTransition):
    def __init__(self) -> None:
        super().__init__(_("The account with this address is deactivated. Ask a coordinator to let you in again."))
