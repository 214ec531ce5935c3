from typing import Any

from django.db import models
from django.db.models import F, Func, IntegerField, Prefetch, Q
from django.db.models.lookups import GreaterThanOrEqual
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from history.models import Eventful
from labs.models.assessing import Assessable
from labs.models.measurement import Measurement
from labs.models.measuring import Measurable
from workflow import DOUBLE_CLICK, in_turn, locked

MEASURABLE = Q(kind="measurable")
QUALITATIVE = Q(kind="qualitative")


class GoalQuerySet(models.QuerySet["Goal"]):
    def visible_to(self, user: Any) -> "GoalQuerySet":
        """Goals are public, like the labs that set them."""
        return self

    def staffed_by(self, user: Any) -> "GoalQuerySet":
        """Goals of the labs that the user works in: none for visitors, all for coordinators."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_coordinator else self.filter(lab__memberships__user=user)

    def measurable(self) -> "GoalQuerySet":
        return self.filter(MEASURABLE)

    def active(self) -> "GoalQuerySet":
        """Goals still worked on, in labs that are running."""
        return self.filter(state="active", lab__state="active")

    def without_baseline(self) -> "GoalQuerySet":
        return self.measurable().filter(baseline__isnull=True)

    def with_progress(self) -> "GoalQuerySet":
        """Read what progress and charts need, in a constant number of queries."""
        return self.prefetch_related(
            Prefetch(
                "measurements",
                queryset=Measurement.objects.current().in_order(),
                to_attr="current_measurements",
            ),
            "assessments",
        ).select_related("lab", "focus_area")


class Goal(Measurable, Assessable, Eventful):
    """What a lab has set out to reach: measurable with numbers, or qualitative with described steps."""

    class Kind(models.TextChoices):
        MEASURABLE = "measurable", pgettext_lazy("goal", "measurable")
        QUALITATIVE = "qualitative", pgettext_lazy("goal", "qualitative")

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("goal", "active")
        REACHED = "reached", pgettext_lazy("goal", "reached")
        CLOSED = "closed", pgettext_lazy("goal", "closed")

    class ValueType(models.TextChoices):
        NUMBER = "number", pgettext_lazy("value type", "number")
        PERCENT = "percent", _("percent")
        N_OF_N = "n_of_n", _("n of N")
        SEK = "sek", _("SEK")
        RATING = "rating", pgettext_lazy("value type", "rating")

    class Direction(models.TextChoices):
        INCREASE = "increase", _("increase")
        DECREASE = "decrease", _("decrease")
        MAINTAIN = "maintain", _("maintain")

    EVENTS = {"created": _("set the goal"), "changed": _("changed the goal")}

    lab = models.ForeignKey("labs.Lab", on_delete=models.CASCADE, related_name="goals")
    title = models.CharField(_("title"), max_length=200)
    why = models.TextField(_("why it matters"), blank=True)
    focus_area = models.ForeignKey("labs.FocusArea", on_delete=models.PROTECT, related_name="goals")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    # Measurable goals. For n of N the values are shares in percent; the measurement holds n and N.
    indicator = models.CharField(_("indicator"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    value_type = models.CharField(_("value type"), max_length=10, choices=ValueType, blank=True)
    counts_people = models.BooleanField(_("the number counts people"), default=True)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction, blank=True)
    baseline = models.DecimalField(_("baseline"), max_digits=14, decimal_places=2, null=True, blank=True)
    baseline_on = models.DateField(_("baseline date"), null=True, blank=True)
    baseline_source = models.CharField(_("source of the baseline"), max_length=200, blank=True)
    baseline_unknown_because = models.CharField(_("why the baseline is not known"), max_length=300, blank=True)
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=2, null=True, blank=True)
    target_on = models.DateField(_("target date"), null=True, blank=True)
    frequency_months = models.PositiveSmallIntegerField(_("months between measurements"), default=6)
    verification = models.CharField(_("means of verification"), max_length=300, blank=True)

    # Qualitative goals: what each step of the scale looks like, worst first.
    statement = models.TextField(_("statement"), blank=True)
    steps = models.JSONField(_("steps of the scale"), default=list, blank=True)

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~MEASURABLE
                | (
                    ~Q(indicator="")
                    & ~Q(unit="")
                    & ~Q(value_type="")
                    & ~Q(direction="")
                    & Q(target__isnull=False, target_on__isnull=False)
                ),
                name="goal_measurable_says_what_and_how_far",
            ),
            models.CheckConstraint(
                condition=~MEASURABLE
                | Q(baseline__isnull=False, baseline_on__isnull=False, baseline_unknown_because="")
                | (Q(baseline__isnull=True, baseline_on__isnull=True) & ~Q(baseline_unknown_because="")),
                name="goal_baseline_or_reason_why_not",
            ),
            models.CheckConstraint(
                condition=Q(baseline_on__isnull=True) | Q(target_on__gt=F("baseline_on")),
                name="goal_target_date_after_baseline_date",
            ),
            models.CheckConstraint(
                condition=Q(baseline__isnull=True)
                | Q(direction="maintain")
                | Q(direction="increase", target__gt=F("baseline"))
                | Q(direction="decrease", target__lt=F("baseline")),
                name="goal_target_lies_in_its_direction",
            ),
            models.CheckConstraint(
                condition=~Q(value_type__in=["percent", "n_of_n"]) | Q(target__gte=0),
                name="goal_share_is_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(value_type="n_of_n") | Q(target__lte=100), name="goal_share_is_at_most_the_whole"
            ),
            models.CheckConstraint(condition=Q(frequency_months__gte=1), name="goal_is_measured_now_and_then"),
            models.CheckConstraint(
                condition=~QUALITATIVE
                | (
                    ~Q(statement="")
                    & Q(
                        GreaterThanOrEqual(
                            Func(F("steps"), function="jsonb_array_length", output_field=IntegerField()), 2
                        )
                    )
                ),
                name="goal_qualitative_says_what_and_which_steps",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("labs:goal", args=[self.pk])

    @property
    def is_measurable(self) -> bool:
        return self.kind == self.Kind.MEASURABLE

    @cached_property
    def current_measurements(self) -> list[Measurement]:
        """Measurements that no correction has replaced, oldest period first; `with_progress()` reads them ahead."""
        return list(self.measurements.current().in_order())

    @property
    def verified_measurements(self) -> list[Measurement]:
        return [m for m in self.current_measurements if m.is_verified]

    @property
    def being_corrected(self) -> bool:
        """Whether a number that had been verified has been replaced by one that is still to be verified."""
        return any(m.supersedes and m.supersedes.is_verified and not m.is_verified for m in self.current_measurements)

    def establish(self, *, by: Any) -> "Goal":
        """Save a newly written goal of the lab, and answer it. Set twice within half a minute it is set once."""
        with in_turn(f"labs.goals.{self.lab_id}"):
            just_now = timezone.now() - DOUBLE_CLICK
            first = Goal.objects.filter(lab=self.lab, kind=self.kind, title=self.title, created_at__gt=just_now).first()
            if first:
                return first
            self.save()
            self.record("created", by=by)
        return self

    def change(self, *, by: Any, **fields: Any) -> None:
        """Rewrite the goal. The event keeps what each changed field said before and says now."""
        with locked(self):
            before = {name: getattr(self, name) for name in fields}
            changed = {name: value for name, value in fields.items() if before[name] != value}
            if not changed:
                return
            for name, value in changed.items():
                setattr(self, name, value)
            self.save(update_fields=list(changed))
            self.record("changed", by=by, changes={n: [_plain(before[n]), _plain(v)] for n, v in changed.items()})


def _plain(value: Any) -> Any:
    """A value as the event log can hold it."""
    return str(value) if isinstance(value, models.Model) else value
