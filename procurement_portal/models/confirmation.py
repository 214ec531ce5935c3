from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from procurement_portal import mails
from procurement_portal.models.link import Followable
from procurement_portal.models.refusals import AlreadyConfirmed
from procurement_portal.models.states import State
from workflow import locked

# Somebody who mistypes an address gets a few tries; somebody who would have us mail strangers does not.
MOST_CONFIRMATION_MAILS = 5
BETWEEN_MAILS = timedelta(minutes=2)


class Confirmable(Followable):
    """An application counts once its e-mail address is confirmed. Until then coordinators do not see it."""

    class Meta:
        abstract = True

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    def mail_confirmation(self) -> None:
        """Mail the link that confirms the address. The caller holds the row or has just made it."""
        self.confirmation_mails += 1
        self.confirmation_mailed_at = timezone.now()
        self.save(update_fields=["confirmation_mails", "confirmation_mailed_at", "email"])
        mails.confirm(self)

    def correct_email(self, email: str) -> bool:
        """Send the confirmation again, to a corrected address or the same one.

        False when it went there a moment ago or has been sent too often. Links mailed to an earlier address stop
        working. Raises AlreadyConfirmed.
        """
        with locked(self):
            self._refuse_confirmed()
            if self.confirmation_mails >= MOST_CONFIRMATION_MAILS:
                return False
            just_sent = self.confirmation_mailed_at and timezone.now() - self.confirmation_mailed_at < BETWEEN_MAILS
            if just_sent and email.lower() == self.email.lower():
                return False
            self.email = email
            self.mail_confirmation()
        return True

    def confirm(self) -> None:
        """The applicant has read our mail: the application is sent in. Raises AlreadyConfirmed."""
        with locked(self):
            self._refuse_confirmed()
            self.state = State.SUBMITTED
            self.confirmed_at = self.waiting_since = timezone.now()
            self.save(update_fields=["state", "confirmed_at", "waiting_since"])
            self.record("submitted")
            for enclosure in self.rejected_pictures():
                mails.picture_rejected(self, enclosure)

    def mail_new_link(self) -> None:
        """Mail a fresh link, at most one every few minutes. Says nothing about whether it did.

        While the address is not confirmed it may be a stranger's: then it is one of the few confirmation mails.
        """
        with locked(self):
            if self.link_mailed_at and timezone.now() - self.link_mailed_at < BETWEEN_MAILS:
                return
            if not self.is_confirmed:
                if self.confirmation_mails >= MOST_CONFIRMATION_MAILS:
                    return
                self.confirmation_mails += 1
            self.link_mailed_at = timezone.now()
            self.save(update_fields=["link_mailed_at", "confirmation_mails"])
            mails.new_link(self)

    def _refuse_confirmed(self) -> None:
        if self.is_confirmed:
            raise AlreadyConfirmed(_("The e-mail address is already confirmed, so the application has been sent in."))
