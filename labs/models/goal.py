from django.db import models
from django.utils.translation import gettext_lazy as _

from history.models import Eventful


class Goal(Eventful):
    """What a lab has set out to reach: measurable with numbers, or qualitative with described steps."""

    class Kind(models.TextChoices):
        MEASURABLE = "measurable", _("measurable")
        QUALITATIVE = "qualitative", _("qualitative")

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        REACHED = "reached", _("reached")
        CLOSED = "closed", _("closed")

    class ValueType(models.TextChoices):
        NUMBER = "number", _("number")
        PERCENT = "percent", _("percent")
        N_OF_N = "n_of_n", _("n of N")
        SEK = "sek", _("SEK")
        RATING = "rating", _("rating")

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

    class Meta:
        verbose_name = _("goal")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title
