from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from collation import SwedishOrder
from history.models import Eventful
from labs.models.measurement import Measurement
from workflow import locked

# Path words under /labb/ that are pages of their own.
RESERVED_SLUGS = {"mitt", "mine"}


def not_a_page_of_its_own(slug: str) -> None:
    """Refuse a slug that would hide one of the pages beside the labs'."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("“%(slug)s” is the address of another page. Choose another one.") % {"slug": slug})


class LabQuerySet(models.QuerySet["Lab"]):
    def alphabetical(self) -> "LabQuerySet":
        return self.order_by(SwedishOrder("name"))

    def visible_to(self, user: Any) -> "LabQuerySet":
        """Labs are public."""
        return self

    def staffed_by(self, user: Any) -> "LabQuerySet":
        """Labs that the user works in: none for visitors, all for coordinators."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_coordinator else self.filter(memberships__user=user)


class Lab(Eventful):
    """An independent local workshop that tests, develops and evaluates ways of working."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("lab", "planned")
        ACTIVE = "active", pgettext_lazy("lab", "active")
        COMPLETED = "completed", pgettext_lazy("lab", "completed")

    EVENTS = {"created": _("created the lab"), "changed": _("changed the lab")}

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(unique=True, validators=[not_a_page_of_its_own])
    municipality = models.CharField(_("municipality"), max_length=80)
    area = models.CharField(_("area"), max_length=120, blank=True)
    challenge = models.TextField(_("challenge"))
    description = models.TextField(_("description"))
    language = models.CharField(_("language"), max_length=2, default="sv")
    focus_areas = models.ManyToManyField("labs.FocusArea", related_name="labs", verbose_name=_("focus areas"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    picture = models.ForeignKey("pictures.Picture", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)

    objects = LabQuerySet.as_manager()

    class Meta:
        verbose_name = _("lab")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="lab_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~models.Q(slug__in=sorted(RESERVED_SLUGS)), name="lab_slug_is_not_a_page_of_its_own"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("labs:detail", args=[self.slug])

    def has_member(self, user: Any) -> bool:
        """Whether the user works in this lab, as lead or member."""
        return user.is_authenticated and self.memberships.filter(user=user).exists()

    def led_by(self, user: Any) -> bool:
        return user.is_authenticated and self.memberships.filter(user=user, role="lead").exists()

    def worked_on_by(self, user: Any) -> bool:
        """Whether the user may record and write for this lab: its members and every coordinator."""
        return user.is_authenticated and (user.is_coordinator or self.has_member(user))

    def latest_result(self) -> "Measurement | None":
        """The newest verified number that the public may read in full."""
        return (
            Measurement.objects.publishable()
            .filter(goal__lab=self)
            .select_related("goal", "decided_by")
            .latest_per_lab()
            .first()
        )

    def goals_set_by(self, user: Any) -> bool:
        """Whether the user may set and change this lab's goals and its page: its leads and every coordinator."""
        return user.is_authenticated and (user.is_coordinator or self.led_by(user))

    def change(self, *, by: Any, focus_areas: Any = None, picture_alt: str | None = None, **fields: Any) -> None:
        """Rewrite what the lab says about itself. Leave `focus_areas` out to keep them.

        A picture is public as long as it is the lab's; `picture_alt` says what it shows. Raises NotReady for a picture
        that could not be read.
        """
        with locked(self):
            if "picture" in fields and self.picture and self.picture != fields["picture"]:
                self.picture.withdraw()
            changed = [name for name, value in fields.items() if getattr(self, name) != value]
            for name in changed:
                setattr(self, name, fields[name])
            self.save(update_fields=changed)
            if focus_areas is not None and set(focus_areas) != set(self.focus_areas.all()):
                self.focus_areas.set(focus_areas)
                changed.append("focus_areas")
            if self.picture and picture_alt is not None and self.picture.alt != picture_alt:
                self.picture.describe(picture_alt)
                changed.append("picture_alt")
            if self.picture and not self.picture.public:
                self.picture.publish()
            if changed:
                self.record("changed", by=by, fields=changed)
