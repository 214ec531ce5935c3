import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pictures.models import Picture
from procurement_portal.models.category import Category
from procurement_portal.models.enclosures import SLOT_NAMES
from procurement_portal.models.refusals import ChangeDecided
from procurement_portal.models.wording import in_words
from workflow import locked

if TYPE_CHECKING:
    from procurement_portal.models.supplier import Supplier


@dataclass(frozen=True)
class Change:
    """One field of a proposal: what the listing says now and what the company would have it say, to be read."""

    field: str
    before: Any
    after: Any
    is_picture: bool
    is_accepted: bool
    is_unusable: bool


class ChangeColumns(models.Model):
    """What a proposal holds: only what differs from the listing. Its traits build on this."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("proposed change", "waiting for an answer")
        ACCEPTED = "accepted", pgettext_lazy("proposed change", "accepted")
        DECLINED = "declined", pgettext_lazy("proposed change", "declined")
        TAKEN_BACK = "taken_back", pgettext_lazy("proposed change", "taken back")

    supplier = models.ForeignKey(
        "procurement_portal.Supplier", on_delete=models.CASCADE, related_name="change_requests"
    )
    # From the form's ticket: the same form sent twice is one proposal.
    form_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    # Names of the form's fields. The row keeps them when the values are forgotten.
    fields = ArrayField(models.CharField(max_length=20))
    accepted_fields = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # {"company": "…", "categories": ["trygghet"]}: of those fields, all but the pictures.
    values = models.JSONField(default=dict, blank=True)
    logo = models.OneToOneField("pictures.Picture", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    picture = models.OneToOneField(
        "pictures.Picture", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    contact_picture = models.OneToOneField(
        "pictures.Picture", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The words to which the contact person agrees, if something about them is to change.
    consent = models.TextField(_("consent"), blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @contextmanager
    def while_open(self) -> Iterator["Supplier"]:
        """Hold the listing and the proposal, still unanswered. Raises ChangeDecided."""
        with locked(self.supplier), locked(self):
            self.refuse_unless_open()
            yield self.supplier

    def refuse_unless_open(self) -> None:
        """Raise ChangeDecided; for pages that ask before they do. The verbs ask again under lock."""
        if self.state == self.State.TAKEN_BACK:
            raise ChangeDecided(gettext("The supplier has taken this proposal back, or made a new one."))
        if not self.is_open:
            raise ChangeDecided(
                gettext("The proposal is already %(state)s. Look at it again.") % {"state": self.get_state_display()}
            )

    def wish(self, field: str) -> Any:
        """What the company would have a field say; None once that is forgotten."""
        return getattr(self, field) if field in SLOT_NAMES else self.values.get(field)

    def is_unusable(self, field: str) -> bool:
        """Whether the field is a picture that could not be processed."""
        picture = self.pictures.get(field)
        return picture is not None and picture.is_rejected

    def changes(self) -> list[Change]:
        """Field by field, for a page that shows both sides."""
        names = {category.slug: category.name for category in Category.objects.all()}

        def read(field: str, value: Any) -> Any:
            return value if value is None else in_words(field, value, names)

        return [
            Change(
                field=field,
                before=read(field, self.supplier.says(field)),
                after=read(field, self.wish(field)),
                is_picture=field in SLOT_NAMES,
                is_accepted=field in self.accepted_fields,
                is_unusable=self.is_unusable(field),
            )
            for field in self.fields
        ]

    @property
    def pictures(self) -> dict[str, Picture]:
        """Those proposed, by the name of their slot."""
        slots = {slot: getattr(self, slot) for slot in SLOT_NAMES}
        return {slot: picture for slot, picture in slots.items() if picture is not None}

    def take_out_pictures(self) -> list[Picture]:
        """The proposal's pictures, which from now on are somebody else's to keep or to delete. The caller saves."""
        taken = list(self.pictures.values())
        self.logo = self.picture = self.contact_picture = None
        return taken
