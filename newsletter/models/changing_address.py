import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.models.token import new_token
from workflow import IllegalTransition, locked

Reader = Any  # A Subscriber, which has the fields.
Change = Any  # An AddressChange.

# One subscriber may have us write to at most so many new addresses: nobody can use us to fill other people's inboxes.
MOST_CHANGES = 3
COUNTED_OVER = datetime.timedelta(days=7)


class SameAddress(IllegalTransition):
    pass


class TooManyChanges(IllegalTransition):
    pass


class NoChangeWaiting(IllegalTransition):
    pass


class AddressTaken(IllegalTransition):
    pass


class Movable(models.Model):
    """How a subscription moves to another address: asked for here, confirmed there, told to the old one."""

    # Columns of the subscriber, which has the fields.
    email: Any
    token: Any

    # A column of the subscriber, which has the fields.
    confirmed_at: Any

    class Meta:
        abstract = True

    @property
    def address_change(self: Reader) -> Change | None:
        """The change that waits to be confirmed at the new address."""
        return self.address_changes.open().first()

    def ask_to_move(self: Reader, new_email: str) -> Change:
        """Ask the owner of `new_email`, by a letter; a change asked for earlier is replaced.

        What comes of it looks the same whoever has the new address. Raises NotSubscribing, SameAddress,
        TooManyChanges.
        """
        with locked(self):
            self._check_active()
            if new_email.lower() == self.email.lower():
                raise SameAddress(_("That is the address the newsletter already goes to."))
            asked = self.events.filter(
                verb="address_change_asked", created_at__gt=timezone.now() - COUNTED_OVER
            ).count()
            if asked >= MOST_CHANGES:
                raise TooManyChanges(
                    _("You have asked for a new address several times this week. Wait some days, or write to us.")
                )
            for earlier in self.address_changes.waiting():
                earlier.decide(earlier.State.WITHDRAWN)
            change = self.address_changes.create(new_email=new_email)
            self.record("address_change_asked")
            self._write_to_new_address(change)
        return change

    def stay(self: Reader) -> None:
        """Take the change back that waits. Raises NoChangeWaiting when there is none (any more)."""
        with locked(self):
            change = self.address_changes.waiting().first()
            if change is None:
                raise NoChangeWaiting(_("There is no change of address to take back; it may have been confirmed."))
            change.decide(change.State.WITHDRAWN)
            self.record("address_change_withdrawn")

    def move(self: Reader, change: Change) -> None:
        """The owner of the new address says yes. Saying it twice changes nothing more.

        The key in the mails to the earlier address stops working, so that whoever reads that inbox sees nothing of the
        subscriber; only leaving still works by it. Raises NoChangeWaiting, NotSubscribing, AddressTaken.
        """
        from newsletter import mails

        with locked(self):
            change.refresh_from_db()
            if change.state == change.State.CONFIRMED:
                return
            if not change.is_open:
                raise NoChangeWaiting(_("This change of address was taken back, or waited for too long."))
            self._check_active()
            old_email, old_token = self.email, self.token
            self._take_over(change.new_email)
            change.decide(change.State.CONFIRMED, earlier_token=old_token)
            self.record("address_changed")
            mails.address_changed(self, old_email=old_email)

    def let_change_expire(self: Reader) -> None:
        """The new address was not confirmed in time: forget it."""
        with locked(self):
            for change in self.address_changes.overdue():
                change.decide(change.State.EXPIRED)
                self.record("address_change_expired")

    def _write_to_new_address(self: Reader, change: Change) -> None:
        from newsletter import mails

        other = type(self).objects.with_address(change.new_email).first()
        if other is None or other.state in {self.State.PENDING, self.State.UNSUBSCRIBED, self.State.BOUNCED}:
            mails.address_change(change)
        elif other.state == self.State.ACTIVE:
            mails.address_change_needless(other)
        else:
            # Who reported us as spam is not written to because somebody else asks for it; it takes as long, though.
            with transaction.atomic():
                mails.address_change(change)
                transaction.set_rollback(True)

    def _take_over(self: Reader, email: str) -> None:
        """Have the new address and a new key from now on."""
        old_email, old_token = self.email, self.token
        for _attempt in range(2):
            self._free(email)
            self.email = email
            # What still comes back from the earlier address says nothing about this one.
            self.confirmed_at = timezone.now()
            self.token = new_token()
            try:
                with transaction.atomic():
                    self.save(update_fields=["email", "token", "confirmed_at"])
            except IntegrityError:
                # Somebody signed the new address up at this very moment; by now that row is there to be freed.
                self.email, self.token = old_email, old_token
            else:
                return
        raise self._taken()

    def _free(self: Reader, email: str) -> None:
        """Make room at the new address: an old row of its own is forgotten, a subscription of its own is not."""
        other = type(self).objects.select_for_update().with_address(email).exclude(pk=self.pk).first()
        if other is None:
            return
        if other.state in {self.State.ACTIVE, self.State.COMPLAINED}:
            raise self._taken()
        other.erase(mark=False)

    @staticmethod
    def _taken() -> AddressTaken:
        return AddressTaken(_("The newsletter cannot be moved to this address, since it subscribes already."))
