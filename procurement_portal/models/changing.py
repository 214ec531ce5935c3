"""How what a listing says is changed after it has been approved: proposed by the company, accepted by a coordinator."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from mailing.models import Letter
from pictures.models import Picture
from procurement_portal import mails
from procurement_portal.models.category import Category
from procurement_portal.models.enclosures import SLOT_NAMES, Illustrated, text_alternative
from procurement_portal.models.refusals import NothingToChange, NotListed
from procurement_portal.models.wording import FIELDS, WORDS, column
from workflow import locked

if TYPE_CHECKING:
    from procurement_portal.models.change_request import ChangeRequest

BETWEEN_LINKS = timedelta(minutes=2)


class Changeable(Illustrated):
    """What a listing says can be changed, in these fields and no others: the organisation number stays."""

    link_mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def says(self: Any, field: str) -> Any:
        """What the listing says in a field of the form: a string, a picture, slugs of categories, codes of regions."""
        if field == "categories":
            return [category.slug for category in self.categories.all()]
        return getattr(self, column(field))

    def differing(self, wishes: Mapping[str, Any]) -> list[str]:
        """The fields in which `wishes` (field → value) would have it say something else."""
        return [field for field in FIELDS if field in wishes and wishes[field] != self.says(field)]

    @property
    def open_change(self: Any) -> "ChangeRequest | None":
        return self.change_requests.open().first()

    @property
    def change_awaiting_confirmation(self: Any) -> "ChangeRequest | None":
        """The proposal whose new address its owner has still to confirm."""
        remembered = self.change_requests.newest_first().filter(forgotten_at__isnull=True)
        return next((change for change in remembered if change.awaits_confirmation), None)

    @property
    def change_to_begin_from(self: Any) -> "ChangeRequest | None":
        """The latest proposal, if it is still open or was declined: whoever proposes anew need not write it again."""
        latest = self.change_requests.newest_first().with_pictures().first()
        return latest if latest and latest.state in {latest.State.OPEN, latest.State.DECLINED} else None

    def refuse_unless_changeable(self: Any) -> None:
        """Raise NotListed for one that coordinators have taken down."""
        if self.taken_down_at is not None:
            raise NotListed(gettext("We have taken the listing down, so it cannot be changed. Write to us."))

    def propose(self: Any, *, form_key: Any, consent: str = "", **wishes: Any) -> "ChangeRequest":
        """The company would have the listing say something else (field → value); an open proposal is taken back.

        Sent twice with the same key it is proposed once. Raises NotListed, and NothingToChange when all of it is said
        already.
        """
        with locked(self):
            sent_already = self.change_requests.filter(form_key=form_key).first()
            if sent_already:
                return sent_already
            self.refuse_unless_changeable()
            fields = self.differing(wishes)
            if not fields:
                raise NothingToChange(gettext("The page says all of this already, so there is nothing to change."))
            confirmed_at = self._confirmed_already(wishes["email"]) if "email" in fields else None
            spare = self._put_earlier_aside(address="email" in fields)
            change = self.change_requests.create(
                form_key=form_key,
                consent=consent,
                email_confirmed_at=confirmed_at,
                fields=fields,
                values={field: wishes[field] for field in fields if field in WORDS},
                **{slot: wishes[slot] for slot in SLOT_NAMES if slot in fields},
            )
            company, contact = wishes.get("company", self.name), wishes.get("contact_name", self.contact_name)
            for slot, picture in change.pictures.items():
                if picture not in spare:
                    picture.claim(f"proposal {form_key} {slot}")
                picture.describe(text_alternative(slot, company=company, contact=contact))
            self.discard_pictures(picture for picture in spare if picture not in wishes.values())
            self.record("change_proposed", change=change.pk, fields=fields)
            change.mail_new_address()
        return change

    def take_over(self: Any, wishes: Mapping[str, Any]) -> None:
        """Say what was wished for (field → value). What is no longer shown is hidden. The caller holds the row."""
        former_email = self.email
        former = [getattr(self, slot) for slot in SLOT_NAMES if slot in wishes]
        for field, value in wishes.items():
            if field != "categories":
                setattr(self, column(field), value)
        self.save()
        if "categories" in wishes:
            self.categories.set(Category.objects.filter(slug__in=wishes["categories"]))
        self.describe_pictures(company=self.name, contact=self.contact_name)
        if self.is_listed:
            self.publish_pictures()
        self.let_go(former)
        if self.email.lower() != former_email.lower():
            mails.address_changed(self, former_email)

    def let_go(self, pictures: Iterable[Picture]) -> None:
        """Hide pictures that the listing has shown, and delete those that no application holds."""
        from procurement_portal.models.application import Application

        for picture in pictures:
            holding = Q(logo=picture) | Q(picture=picture) | Q(contact_picture=picture)
            if Application.objects.filter(holding).exists():
                picture.withdraw()
            else:
                picture.delete()

    def mail_link(self: Any) -> None:
        """Mail a fresh link to the company's own page, at most one every few minutes."""
        with locked(self):
            if self.link_mailed_at and timezone.now() - self.link_mailed_at < BETWEEN_LINKS:
                return
            self.link_mailed_at = timezone.now()
            self.save(update_fields=["link_mailed_at"])
            mails.listing_link(self)

    def erase(self: Any) -> None:
        """Delete the listing with its proposals and the letters to its company; its own pictures are the caller's."""
        addresses = {self.email} | {change.new_email for change in self.change_requests.all() if change.new_email}
        # Each holds a link to the listing or to a proposal, which begins with its number.
        numbers = [self.pk, *self.change_requests.values_list("pk", flat=True)]
        links = Q(*(Q(text__contains=f"/{number}.") for number in numbers), _connector=Q.OR)
        Letter.objects.filter(links, to__in=addresses).delete()
        spare = self._put_earlier_aside(address=True)
        self.delete()
        self.discard_pictures(spare)

    def _confirmed_already(self: Any, email: str) -> datetime | None:
        """When the owner of an address said yes to it in the proposal that is mended: they need not be asked again."""
        mended = self.change_to_begin_from
        return mended.email_confirmed_at if mended and mended.new_email == email else None

    def _put_earlier_aside(self: Any, *, address: bool) -> list[Picture]:
        """End what earlier proposals still could do; their pictures, which the new one may hold.

        An address that was accepted but never confirmed is waited for longer, unless `address` ends that, too.
        """
        spare: list[Picture] = []
        for earlier in self.change_requests.filter(forgotten_at__isnull=True):
            if earlier.is_open:
                spare += earlier.withdraw()
            else:
                spare += earlier.take_out_pictures()
                if address and earlier.awaits_confirmation:
                    earlier.values.pop("email")
                earlier.save()
        return spare
