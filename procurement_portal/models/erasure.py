from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mailing.models import Letter
from procurement_portal import mails
from procurement_portal.models.link import Followable
from procurement_portal.models.refusals import AlreadyAskedFor, NotListed, SharedListing, StillListed
from procurement_portal.models.states import State
from workflow import locked

BETWEEN_TAKEDOWN_REQUESTS = timedelta(days=7)


class Erasable(Followable):
    """The applicant has us forget the application. What the public can see is taken down first, by a coordinator."""

    class Meta:
        abstract = True

    @property
    def stands_in_the_portal(self) -> bool:
        """Whether it has been approved and its listing has not been taken down, be it shown or past its time."""
        return self.state == State.APPROVED and self.supplier.taken_down_at is None  # type: ignore[union-attr]

    def refuse_unless_erasable(self) -> None:
        """Raise StillListed, or SharedListing for a listing that other applications were approved for too."""
        if self.stands_in_the_portal:
            raise StillListed(
                _("The company has a page in the portal. Once it has been taken down the application can be erased.")
            )
        if self.state == State.APPROVED and self._others_of_the_listing().exists():
            raise SharedListing(
                _("The company has several approved applications. Write to us, and we erase what there is.")
            )

    def erase(self: Any) -> None:
        """Delete the application and all that belongs to it, and mail a receipt; what is left names nobody.

        A listing that was taken down goes with the application it was made from. Raises what `refuse_unless_erasable`
        raises.
        """
        # The listing is held, too: nobody puts it back, or changes its pictures, while it goes.
        with locked(self), locked(self.supplier) if self.supplier else nullcontext():
            self.refuse_unless_erasable()
            if self.is_confirmed:
                self.record("erased")
            supplier = self.supplier
            holders = [self, supplier] if supplier else [self]
            pictures = {each.picture for holder in holders for each in holder.enclosures}
            # Whoever they went to: an address that was corrected later, or coordinators. Before it was sent in there
            # was no reference: links to the form hold its key.
            Letter.objects.holding(self.reference, self.form_key.hex).delete()
            mails.erased(self)
            self.delete()
            if supplier:
                supplier.erase()
            self.discard_pictures(pictures)

    @property
    def takedown_was_requested(self) -> bool:
        """Whether the applicant has asked within the last week."""
        since = timezone.now() - BETWEEN_TAKEDOWN_REQUESTS
        return self.events.filter(verb="takedown_requested", created_at__gt=since).exists()

    def request_takedown(self) -> None:
        """Ask the coordinators to take the listing down. Raises NotListed or AlreadyAskedFor."""
        with locked(self):
            if not self.stands_in_the_portal:
                raise NotListed(_("The company has no page in the portal that could be taken down."))
            if self.takedown_was_requested:
                raise AlreadyAskedFor(_("You have asked us, and we are on it. Write to us if it takes long."))
            self.record("takedown_requested")
            mails.takedown_requested(self)

    def _others_of_the_listing(self: Any) -> Any:
        return type(self)._default_manager.filter(supplier_id=self.supplier_id).exclude(pk=self.pk)
