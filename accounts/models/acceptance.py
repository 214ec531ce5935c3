import datetime

from django.db import models
from django.utils import timezone

from accounts.exceptions import AccountIsDeactivated, InvitationIsClosed
from accounts.models.user import User
from accounts.signals import invitation_accepted
from workflow import locked

# A double click arrives twice; the second one finds the door still open. Longer, and an old link would be a key.
DOUBLE_CLICK = datetime.timedelta(seconds=30)


class Acceptable(models.Model):
    """How an invitation turns into a person with a place."""

    class Meta:
        abstract = True

    def accept(self, *, name: str = "") -> User:
        """Give the invited person their account and place, and return it. Whoever has the link has the mailbox.

        `name` is used for a new account. Doing it twice within half a minute does it once and returns the same person.
        Raises InvitationIsClosed, and AccountIsDeactivated.
        """
        with locked(self):
            if self._was_accepted_just_now():
                return self.accepted_by
            self._refuse_closed()
            if self.has_run_out:
                raise InvitationIsClosed
            user = self._find_or_create_user(name)
            self.accepted_at, self.accepted_by = timezone.now(), user
            self.save(update_fields=["accepted_at", "accepted_by"])
            self.record("accepted", by=user)
            if self.role == self.Role.COORDINATOR:
                user.become_coordinator(by=self.invited_by)
            invitation_accepted.send(sender=type(self), invitation=self, user=user)
        return user

    def account(self) -> User | None:
        """The account that the address has already, active or not."""
        return User.objects.filter(email__iexact=self.email).first()

    def _was_accepted_just_now(self) -> bool:
        return (
            self.accepted_by is not None
            and self.accepted_by.is_active
            and self.accepted_at > timezone.now() - DOUBLE_CLICK
        )

    def _refuse_closed(self) -> None:
        if not self.is_open:
            raise InvitationIsClosed

    def _find_or_create_user(self, name: str) -> User:
        user = self.account()
        if user is None:
            user = User.objects.create_user(
                self.email, name or self.name or self.email.partition("@")[0], language=self.language
            )
            user.record("joined", by=user)
        elif not user.is_active:
            raise AccountIsDeactivated
        return user
