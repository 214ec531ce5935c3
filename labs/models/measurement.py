import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from history.models import Eventful
from labs import small_numbers
from labs.models.decisions import Decidable
from labs.models.figures import Figure

HAS_VALUE = Q(value__isnull=False, numerator__isnull=True, denominator__isnull=True, no_value_because="")
HAS_N_OF_N = Q(value__isnull=True, numerator__isnull=False, denominator__isnull=False, no_value_because="")
HAS_NO_VALUE = Q(value__isnull=True, numerator__isnull=True, denominator__isnull=True) & ~Q(no_value_because="")
POINTS_AT_PEOPLE = Q(goal__counts_people=True) & (
    Q(denominator__lt=small_numbers.PUBLISH_COUNTS_FROM)
    | Q(numerator__gt=0, numerator__lt=small_numbers.PUBLISH_COUNTS_FROM)
    | Q(goal__value_type="number", value__gt=0, value__lt=small_numbers.PUBLISH_COUNTS_FROM)
)


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    def visible_to(self, user: Any) -> "MeasurementQuerySet":
        """Measurements as such are for those who work with them: the lab's own people and the coordinators."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_coordinator else self.filter(goal__lab__memberships__user=user)

    def current(self) -> "MeasurementQuerySet":
        """Those that no correction has replaced."""
        return self.filter(superseded_at__isnull=True)

    def verified(self) -> "MeasurementQuerySet":
        return self.filter(state="verified")

    def awaiting_verification(self) -> "MeasurementQuerySet":
        return self.current().filter(state="reported")

    def returned(self) -> "MeasurementQuerySet":
        """Those that a coordinator has sent back and nobody has corrected yet."""
        return self.current().filter(state="returned")

    def publishable(self) -> "MeasurementQuerySet":
        """Results the public may read in full: verified, not replaced, with a number, none of it pointing at people."""
        return self.verified().current().filter(no_value_because="").exclude(POINTS_AT_PEOPLE)

    def in_order(self) -> "MeasurementQuerySet":
        """The oldest period first, with what is shown beside a number."""
        return self.select_related("decided_by", "supersedes").order_by("period_end", "pk")

    def latest_per_lab(self) -> "MeasurementQuerySet":
        """The latest period's measurement of each lab."""
        return self.order_by("goal__lab", "-period_end", "goal__position", "-pk").distinct("goal__lab")


class Measurement(Decidable, Eventful):
    """One reading of a measurable goal, reported by the lab and verified by a coordinator.

    A correction is a new row that supersedes the old one; what was verified stays as it was.
    """

    class State(models.TextChoices):
        REPORTED = "reported", pgettext_lazy("measurement", "reported")
        VERIFIED = "verified", pgettext_lazy("measurement", "verified")
        RETURNED = "returned", pgettext_lazy("measurement", "returned")

    EVENTS = {
        "reported": _("reported the measurement"),
        "verified": _("verified the measurement"),
        "returned": _("returned the measurement"),
        "superseded": _("corrected the measurement"),
    }

    goal = models.ForeignKey("labs.Goal", on_delete=models.PROTECT, related_name="measurements")
    period_start = models.DateField(_("period starts"))
    period_end = models.DateField(_("period ends"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2, null=True, blank=True)
    numerator = models.PositiveIntegerField(_("n"), null=True, blank=True)
    denominator = models.PositiveIntegerField(_("N"), null=True, blank=True)
    no_value_because = models.CharField(_("why there is no value"), max_length=300, blank=True)
    narrative = models.TextField(_("what lies behind the number"), blank=True)
    evidence_link = models.URLField(_("link to the evidence"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REPORTED)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(_("note from the coordinator"), blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        verbose_name = _("measurement")
        ordering = ["period_end", "pk"]
        indexes = [
            models.Index(
                fields=["recorded_at"],
                condition=Q(state="reported", superseded_at__isnull=True),
                name="measurement_awaiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=HAS_VALUE | HAS_N_OF_N | HAS_NO_VALUE, name="measurement_value_or_n_of_n_or_reason"
            ),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | Q(denominator__gt=0), name="measurement_group_is_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(numerator__isnull=True) | Q(numerator__lte=F("denominator")),
                name="measurement_part_within_group",
            ),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")), name="measurement_period_ends_after_it_starts"
            ),
            # The person may be forgotten later, so it is the time that tells a decision was made.
            models.CheckConstraint(
                condition=Q(state="reported", decided_at__isnull=True, decided_by__isnull=True)
                | Q(state__in=["verified", "returned"], decided_at__isnull=False),
                name="measurement_decided_when_verified_or_returned",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("recorded_by")), name="measurement_decided_by_another_than_recorder"
            ),
            models.CheckConstraint(condition=~Q(state="returned", note=""), name="measurement_returned_with_a_note"),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")), name="measurement_replaces_another"
            ),
            models.UniqueConstraint(
                fields=["goal", "period_start", "period_end"],
                condition=Q(superseded_at__isnull=True),
                name="measurement_once_per_goal_and_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goal} {self.period_end}"

    def get_absolute_url(self) -> str:
        return reverse("labs:measurement", args=[self.pk])

    @property
    def is_verified(self) -> bool:
        return self.state == self.State.VERIFIED

    @property
    def is_current(self) -> bool:
        return self.superseded_at is None

    @property
    def awaits_verification(self) -> bool:
        return self.is_current and self.state == self.State.REPORTED

    @property
    def period(self) -> str:
        """The period as people say it: “2019”, “January – June 2019” or two full dates."""
        return period_in_words(self.period_start, self.period_end)

    @property
    def amount(self) -> Decimal | None:
        """The number to compare with baseline and target: the value, or n of N as a share in percent."""
        if self.numerator is not None and self.denominator:
            return Decimal(self.numerator) * 100 / Decimal(self.denominator)
        return self.value

    @property
    def points_at_people(self) -> bool:
        """Whether the number is a count of people small enough to be about somebody in particular."""
        if not self.goal.counts_people:
            return False
        if self.denominator is not None:
            return self.denominator < small_numbers.PUBLISH_COUNTS_FROM or small_numbers.too_small_to_publish(
                self.numerator
            )
        return self.goal.value_type == "number" and small_numbers.too_small_to_publish(self.value)

    @property
    def figure(self) -> Figure:
        """The number in full, for the lab's people and the coordinators. Prints as “15 of 22”."""
        return Figure.of(self)

    @property
    def public_figure(self) -> Figure:
        """The number as the public may see it: small counts of people become “fewer than 5”."""
        return Figure.of(self, public=True)


def period_in_words(start: datetime.date, end: datetime.date) -> str:
    if start == end:
        return date_format(start, "DATE_FORMAT")
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
    whole_months = start.day == 1 and (end + datetime.timedelta(days=1)).day == 1
    if whole_months and (start.year, start.month) == (end.year, end.month):
        return date_format(start, "YEAR_MONTH_FORMAT")
    if whole_months and start.year == end.year:
        return f"{date_format(start, 'F')}–{date_format(end, 'YEAR_MONTH_FORMAT')}"
    style = "YEAR_MONTH_FORMAT" if whole_months else "DATE_FORMAT"
    return f"{date_format(start, style)} – {date_format(end, style)}"
