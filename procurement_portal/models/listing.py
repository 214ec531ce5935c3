"""How a company comes into the public directory, is taken down from it, and is put back."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from procurement_portal.models.changing import Changeable
from procurement_portal.models.refusals import AlreadyListed, NotListed
from procurement_portal.models.validity import Renewable
from procurement_portal.models.wording import FIELDS, column
from workflow import in_turn, locked

if TYPE_CHECKING:
    from procurement_portal.models.decision import Decidable
    from procurement_portal.models.supplier import Supplier


def wishes_of(application: "Decidable") -> dict[str, Any]:
    """What an application would have the company's listing say: field → value."""
    return {
        **{field: getattr(application, field) for field in FIELDS if field not in {"regions", "categories"}},
        "regions": application.region_codes,
        "categories": [category.slug for category in application.categories.all()],
    }


class Listable(Renewable, Changeable):
    """Shown to everyone from its approval to the end of its time, unless coordinators have taken it down."""

    listed_at = models.DateTimeField(default=timezone.now)
    taken_down_at = models.DateTimeField(null=True, blank=True)
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    taken_down_because = models.TextField(_("reason"), blank=True)

    class Meta:
        abstract = True

    @property
    def is_listed(self) -> bool:
        return self.taken_down_at is None and not self.has_expired

    @classmethod
    def list_from(cls: Any, application: "Decidable", *, by: Any) -> "Supplier":
        """Make or update the company's listing from an application, inside the transaction that approves it.

        A former e-mail address is told of the new one.
        """
        number = application.organisation_number
        # Two applications from one company may be approved at the same moment: the second waits here for the first.
        with in_turn(f"listing {number}"):
            supplier = cls.objects.select_for_update(of=("self",)).filter(organisation_number=number).first()
            wishes = wishes_of(application)
            if supplier is None:
                columns = {column(field): value for field, value in wishes.items() if field != "categories"}
                supplier = cls(organisation_number=number, language=application.language, **columns)
                supplier._save_under_free_slug()
                supplier.categories.set(application.categories.all())
                supplier.publish_pictures()
                supplier.record("listed", by=by, reference=application.reference)
            else:
                supplier.language = application.language
                supplier._begin_anew()
                supplier.take_over(wishes)
                supplier.record("updated", by=by, reference=application.reference)
        return supplier

    def take_down(self: Any, *, by: Any, because: str) -> None:
        """Hide the listing and its pictures from the public at once. Raises NotListed."""
        with locked(self):
            if self.taken_down_at is not None:
                raise NotListed(gettext("The listing is already taken down."))
            self.taken_down_at, self.taken_down_by, self.taken_down_because = timezone.now(), by, because
            self.save(update_fields=["taken_down_at", "taken_down_by", "taken_down_because"])
            for enclosure in self.enclosures:
                enclosure.picture.withdraw()
            # Without the reason: the history outlives a listing that is erased.
            self.record("taken_down", by=by)

    def put_back(self: Any, *, by: Any) -> None:
        """Undo `take_down`, or let one whose time was up begin anew. Raises AlreadyListed."""
        with locked(self):
            if self.is_listed:
                raise AlreadyListed(gettext("The supplier is already listed."))
            self._begin_anew()
            self.save()
            self.publish_pictures()
            self.record("put_back", by=by)

    def publish_pictures(self) -> None:
        for enclosure in self.enclosures:
            enclosure.picture.publish()

    def _begin_anew(self) -> None:
        """Not taken down, and with all of its time before it. The caller saves."""
        self.taken_down_at = self.taken_down_by = None
        self.taken_down_because = ""
        self.begin_term()

    def _save_under_free_slug(self: Any) -> None:
        stem = slugify(self.name)[:70].strip("-") or "leverantor"
        for number in range(1, 1_000):
            self.slug = stem if number == 1 else f"{stem}-{number}"
            try:
                with transaction.atomic():
                    self.save()
            except IntegrityError:
                if not type(self).objects.filter(slug=self.slug).exists():
                    raise
            else:
                return
        raise ValueError(f"No free address for {self.name!r}")
