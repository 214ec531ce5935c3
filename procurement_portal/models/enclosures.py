from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pictures.models import Picture


@dataclass(frozen=True)
class Slot:
    """One of the three pictures an application must have."""

    name: str
    label: str | Promise
    min_width: int


SLOTS = [
    Slot("logo", _("logo"), 200),
    Slot("picture", _("picture"), 540),
    Slot("contact_picture", _("picture of the contact person"), 200),
]
SLOT_NAMES = [slot.name for slot in SLOTS]


def text_alternative(slot: str, *, company: str, contact: str) -> str:
    """What the picture in a slot shows."""
    return contact if slot == "contact_picture" else company


@dataclass(frozen=True)
class Enclosure:
    """A slot and the picture in it."""

    slot: Slot
    picture: Picture


class Illustrated(models.Model):
    """Three required pictures. Each belongs to one row only: another's picture cannot be enclosed as one's own."""

    logo = models.OneToOneField("pictures.Picture", on_delete=models.PROTECT, related_name="+", verbose_name=_("logo"))
    picture = models.OneToOneField(
        "pictures.Picture", on_delete=models.PROTECT, related_name="+", verbose_name=_("picture")
    )
    contact_picture = models.OneToOneField(
        "pictures.Picture",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("picture of the contact person"),
    )

    class Meta:
        abstract = True

    @property
    def enclosures(self) -> list[Enclosure]:
        return [Enclosure(slot, cast(Picture, getattr(self, slot.name))) for slot in SLOTS]

    def rejected_pictures(self) -> list[Enclosure]:
        return [each for each in self.enclosures if each.picture.is_rejected]

    def pictures_are_ready(self) -> bool:
        return all(each.picture.is_ready for each in self.enclosures)

    def describe_pictures(self, *, company: str, contact: str) -> None:
        """Set the text alternatives: whose logo and picture they are, and who is seen."""
        for enclosure in self.enclosures:
            enclosure.picture.describe(text_alternative(enclosure.slot.name, company=company, contact=contact))

    @staticmethod
    def discard_pictures(pictures: Iterable[Picture]) -> None:
        """Delete pictures that no row needs any more, and their files when the transaction is done."""
        for picture in pictures:
            picture.delete()
