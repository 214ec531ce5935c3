from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pictures.models import Picture
from procurement_portal import mails
from procurement_portal.models.enclosures import SLOT_NAMES, SLOTS
from procurement_portal.models.new_address import AddressConfirmable, NewAddressQuerySet
from procurement_portal.models.refusals import PicturesNotReady
from procurement_portal.models.wording import FIELDS, in_order
from workflow import Gone, locked

# So long after its end a proposal can be begun from again. Then only which fields it was about is kept, and the answer.
KEPT = timedelta(days=90)


class ChangeRequestQuerySet(NewAddressQuerySet):
    def open(self) -> "ChangeRequestQuerySet":
        """What waits for a coordinator, oldest first."""
        return self.filter(state=ChangeRequest.State.OPEN).order_by("created_at", "pk")

    def closed(self) -> "ChangeRequestQuerySet":
        return self.exclude(state=ChangeRequest.State.OPEN).order_by("-decided_at", "-pk")

    def newest_first(self) -> "ChangeRequestQuerySet":
        return self.order_by("-created_at", "-pk")

    def with_pictures(self) -> "ChangeRequestQuerySet":
        return self.select_related(*SLOT_NAMES)

    def search(self, words: str) -> "ChangeRequestQuerySet":
        for word in words.split():
            self = self.filter(supplier__name__icontains=word)
        return self

    def past_retention(self) -> "ChangeRequestQuerySet":
        past = self.filter(decided_at__lt=timezone.now() - KEPT, forgotten_at__isnull=True)
        return past.select_related("supplier")


class ChangeRequest(AddressConfirmable):
    """A listed company would have its page say something else. The page changes when a coordinator has accepted it.

    Made by `Supplier.propose`. A proposal never changes: another one takes its place.
    """

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed change")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier"], condition=Q(state="open"), name="change_request_one_open_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "declined", "taken_back"]), name="change_request_state_known"
            ),
            models.CheckConstraint(
                condition=Q(fields__contained_by=FIELDS) & ~Q(fields=[]), name="change_request_fields_known"
            ),
            models.CheckConstraint(
                condition=Q(accepted_fields__contained_by=F("fields")) & (Q(accepted_fields=[]) ^ Q(state="accepted")),
                name="change_request_accepted_of_proposed",
            ),
            models.CheckConstraint(
                condition=Q(state="open") ^ Q(decided_at__isnull=False), name="change_request_decided_at_a_time"
            ),
            models.CheckConstraint(
                condition=(~Q(state="declined") | ~Q(reason=""))
                & (Q(state__in=["accepted", "declined"]) | Q(reason="", decided_by__isnull=True)),
                name="change_request_declined_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state="open"), name="change_request_open"),
            models.Index(
                fields=["decided_at"], condition=Q(forgotten_at__isnull=True), name="change_request_remembered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.created_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("procurement_portal:change", args=[self.pk])

    @property
    def left_out(self) -> list[str]:
        """The fields of an accepted proposal that stay as they were."""
        return [field for field in self.fields if field not in self.accepted_fields]

    def accept(self, fields: Collection[str], *, by: Any, because: str = "") -> None:
        """Let the listing say what was proposed in `fields`, and tell the company; the rest needs a reason.

        A new e-mail address counts once its owner has said yes, too. Raises ChangeDecided or PicturesNotReady.
        """
        accepted = in_order(fields)
        with self.while_open() as supplier:
            if not accepted or (len(accepted) < len(self.fields) and not because.strip()):
                raise ValueError("Accept something, and give a reason for what is left out")
            self._refuse_unless_pictures_are_ready(accepted)
            wishes = {
                field: self.wish(field) for field in accepted if field != "email" or self.email_confirmed_at is not None
            }
            spare = [picture for picture in self.take_out_pictures() if picture not in wishes.values()]
            self._close(self.State.ACCEPTED, by=by, because=because, accepted_fields=accepted)
            supplier.take_over(wishes)
            supplier.record("change_accepted", by=by, change=self.pk, fields=accepted)
            supplier.discard_pictures(spare)
            mails.change_decided(self)

    def decline(self, *, by: Any, because: str) -> None:
        """Leave the listing as it is, and tell the company why. Raises ChangeDecided."""
        if not because.strip():
            raise ValueError("A decision needs a reason")
        with self.while_open() as supplier:
            self._close(self.State.DECLINED, by=by, because=because)
            supplier.record("change_declined", by=by, change=self.pk, fields=self.fields)
            mails.change_decided(self)

    def take_back(self) -> None:
        """The company does not want it any more. Raises ChangeDecided."""
        with self.while_open() as supplier:
            pictures = self.withdraw()
            supplier.record("change_taken_back", change=self.pk)
            supplier.discard_pictures(pictures)

    def withdraw(self) -> list[Picture]:
        """Close it for the company, which gets its pictures back. The caller holds the rows."""
        pictures = self.take_out_pictures()
        self._close(self.State.TAKEN_BACK, values={}, forgotten_at=timezone.now())
        return pictures

    @classmethod
    def picture_was_rejected(cls, picture: Picture) -> None:
        """Tell the company that a picture of its open proposal passed the first look but could not be processed."""
        owner = Q(logo=picture) | Q(picture=picture) | Q(contact_picture=picture)
        change = cls.objects.open().filter(owner).select_related("supplier").first()
        if change:
            slot = next(slot for slot in SLOTS if getattr(change, slot.name) == picture)
            mails.change_picture_rejected(change, slot=slot, picture=picture)

    @classmethod
    def forget_closed(cls) -> None:
        """Forget what was proposed some months ago, and delete the pictures that were not taken."""
        for change in cls.objects.past_retention():
            # A listing that is erased in this very moment takes its proposals with it.
            with suppress(Gone):
                change.forget()

    def forget(self) -> None:
        """Keep only which fields it was about, and the answer. Done twice it is done once. Raises Gone."""
        with locked(self.supplier), locked(self):
            # Meanwhile somebody may have begun anew from it, and have taken over its pictures.
            if self.forgotten_at is not None:
                return
            pictures = self.take_out_pictures()
            self.values, self.forgotten_at = {}, timezone.now()
            self.save()
            self.supplier.discard_pictures(pictures)

    def _close(self, state: str, *, by: Any = None, because: str = "", **columns: Any) -> None:
        self.state, self.decided_at, self.decided_by, self.reason = state, timezone.now(), by, because.strip()
        for name, value in columns.items():
            setattr(self, name, value)
        self.save()

    def _refuse_unless_pictures_are_ready(self, accepted: list[str]) -> None:
        if not all(getattr(self, field).is_ready for field in accepted if field in SLOT_NAMES):
            raise PicturesNotReady(
                gettext(
                    "The pictures must be checked before they can be shown. Try again in a minute, "
                    "or leave out the one that could not be used."
                )
            )
