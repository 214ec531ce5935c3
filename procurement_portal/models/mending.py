from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from pictures.models import Picture
from procurement_portal.models.complement_request import ComplementRequest
from procurement_portal.models.enclosures import SLOT_NAMES
from procurement_portal.models.link import Followable
from procurement_portal.models.refusals import NotMendable
from procurement_portal.models.states import MENDABLE, State


class Mendable(Followable):
    """What the applicant may change, and when: until review begins, and when asked for a complement."""

    class Meta:
        abstract = True

    @property
    def is_mendable(self) -> bool:
        return self.state in MENDABLE

    @property
    def open_complement_request(self) -> ComplementRequest | None:
        return self.complement_requests.filter(answered_at__isnull=True).first()  # type: ignore[attr-defined]

    def mend(self, *, categories: Iterable[Any], answers: int | None = None, **fields: Any) -> None:
        """Take in the applicant's changes; answers the complement request if one is open.

        `answers` is the id of the request that they had before their eyes. `fields` are columns, pictures included; a
        replaced picture is discarded. Raises NotMendable, also for a request that they have not seen.
        """
        with self.while_open():
            self.refuse_unless_mendable()
            asked = self.open_complement_request
            if asked is not None and asked.pk != answers:
                raise NotMendable(_("Meanwhile we have asked for more. Read what we ask for, and send again."))
            replaced = [
                getattr(self, name) for name in SLOT_NAMES if name in fields and getattr(self, name) != fields[name]
            ]
            changed = sorted(name for name, value in fields.items() if getattr(self, name) != value)
            for name, value in fields.items():
                setattr(self, name, value)
            answering = self.state == State.COMPLEMENT_REQUESTED
            if answering:
                self.state = State.SUBMITTED
                self.waiting_since = timezone.now()
            self.save()
            self.categories.set(categories)
            self.complement_requests.filter(answered_at__isnull=True).update(  # type: ignore[attr-defined]
                answered_at=timezone.now()
            )
            self.claim_pictures()
            self.record("complemented" if answering else "changed", fields=changed)
            self.discard_pictures(replaced)

    def refuse_unless_mendable(self) -> None:
        """Raise NotMendable, or what `refuse_unless_open` raises."""
        self.refuse_unless_open()
        if not self.is_mendable:
            raise NotMendable(_("We have begun to review the application, so it cannot be changed right now."))

    def refuse_unless_replaceable(self, slot: str) -> None:
        """Raise NotMendable for a picture that is fine, in an application that is not to be changed."""
        self.refuse_unless_open()
        if not getattr(self, slot).is_rejected and not self.is_mendable:
            raise NotMendable(_("The picture is in use, so it cannot be replaced right now."))

    def replace_picture(self, slot: str, picture: Picture) -> None:
        """Put another picture in a slot whose picture was rejected, whoever has the move.

        Raises NotMendable when the picture in the slot is fine and the application is not to be changed.
        """
        with self.while_open():
            former = getattr(self, slot)
            if former == picture:
                return
            self.refuse_unless_replaceable(slot)
            setattr(self, slot, picture)
            self.save(update_fields=[slot])
            self.claim_pictures()
            self.record("picture_replaced", slot=slot)
            self.discard_pictures([former])
