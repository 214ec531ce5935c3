from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collation import SwedishOrder
from history.models import Eventful
from procurement_portal.models.listing import Listable
from procurement_portal.models.region import CODES, Regional, named, reaching
from procurement_portal.models.validity import ValidityQuerySet
from procurement_portal.organisation_number import OrganisationNumber

# A search looks at so many words; each costs the database several comparisons a row.
MOST_WORDS = 10


class SupplierQuerySet(ValidityQuerySet):
    def listed(self) -> "SupplierQuerySet":
        """What the public sees."""
        return self.filter(taken_down_at__isnull=True, listed_until__gt=timezone.now())

    def visible_to(self, user: Any) -> "SupplierQuerySet":
        """Coordinators see what has been taken down, too."""
        return self if user.is_authenticated and user.is_coordinator else self.listed()

    def of_email(self, email: str) -> "SupplierQuerySet":
        """What is listed, or has been, with an address, whatever case it is written in; ten at most."""
        return self.filter(email__iexact=email).order_by("pk")[:10]

    def alphabetical(self) -> "SupplierQuerySet":
        return self.order_by(SwedishOrder("name"), "pk")

    def in_categories(self, slugs: list[str]) -> "SupplierQuerySet":
        """Those in any of them. Asked in a subquery, so that no row ever comes twice."""
        offering = Supplier.categories.through.objects.filter(category__slug__in=slugs)
        return self.filter(pk__in=offering.values("supplier"))

    def working_in(self, codes: list[str]) -> "SupplierQuerySet":
        return self.filter(region_codes__overlap=reaching(codes))

    def search(self, words: str) -> "SupplierQuerySet":
        """Suppliers about the first ten of `words`: in any of their Swedish forms, or each as a part of a name or text.

        A word of a region's name finds whoever works there, those who work in all of Sweden too.
        """
        words = " ".join(words.replace("\x00", " ").split()[:MOST_WORDS])[:200]
        if not words:
            return self
        every = Q()
        for word in words.split():
            regions = named(word)
            categories = Supplier.categories.through.objects.filter(
                Q(category__name_sv__icontains=word) | Q(category__name_en__icontains=word)
            )
            every &= (
                Q(name__icontains=word)
                | Q(description__icontains=word)
                | Q(region_codes__overlap=reaching(regions) if regions else [])
                | Q(pk__in=categories.values("supplier"))
            )
        return self.filter(Q(search_vector=SearchQuery(words, config="swedish", search_type="websearch")) | every)


class Supplier(Listable, Regional, Eventful):
    """A company in the public directory, made by an approved application."""

    EVENTS = {
        "listed": _("listed the supplier"),
        "updated": _("updated the listing from a new application"),
        "taken_down": _("took down the listing"),
        "put_back": _("put the listing back"),
        "renewed": _("renewed the listing"),
        "expired": _("The listing’s time was up"),
        "change_proposed": _("proposed a change of the listing"),
        "change_taken_back": _("took back the proposed change"),
        "change_accepted": _("accepted the proposed change"),
        "change_declined": _("declined the proposed change"),
        "address_confirmed": _("confirmed the new e-mail address"),
    }
    WITHOUT_ACCOUNT = _("The supplier")

    name = models.CharField(_("name"), max_length=150)
    slug = models.SlugField(max_length=80, unique=True)
    organisation_number = models.CharField(_("organisation number"), max_length=10, unique=True)
    categories = models.ManyToManyField(
        "procurement_portal.Category", related_name="suppliers", verbose_name=_("categories")
    )
    website = models.URLField(_("website"))
    description = models.TextField(_("description"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="sv")
    contact_name = models.CharField(_("contact person"), max_length=150)
    contact_title = models.CharField(_("title"), max_length=100)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("phone"), max_length=20)
    search_vector = models.GeneratedField(
        expression=SearchVector("name", "description", config="swedish"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation_number__regex=r"^[0-9]{10}$"), name="supplier_organisation_number_shape"
            ),
            models.CheckConstraint(
                condition=Q(taken_down_at__isnull=True, taken_down_because="")
                | (Q(taken_down_at__isnull=False) & ~Q(taken_down_because="")),
                name="supplier_taken_down_with_reason",
            ),
            models.CheckConstraint(condition=Q(region_codes__contained_by=CODES), name="supplier_regions_known"),
        ]
        indexes = [
            models.Index(SwedishOrder("name"), name="supplier_swedish_order"),
            GinIndex(fields=["search_vector"], name="supplier_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("procurement_portal:supplier", args=[self.slug])

    @property
    def number(self) -> OrganisationNumber:
        return OrganisationNumber(self.organisation_number)

    @property
    def is_sole_trader(self) -> bool:
        """Whether the organisation number is a person's own, which is not published."""
        return self.number.is_sole_trader
