"""What waits for coordinators in the labs."""

import datetime
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from labs.models import Goal, Measurement
from overview.actions.action import Action, Kind


class Verifications(Kind):
    key = "verification"
    label = gettext_lazy("Measurements to verify")
    one = gettext_lazy("Measurement to verify")
    verb = pgettext_lazy("a measurement", "Verify")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        measurements = Measurement.objects.awaiting_verification().select_related("goal__lab")
        for measurement in measurements.order_by("recorded_at", "pk"):
            yield Action(
                kind=cls,
                title=measurement.goal.title,
                url=measurement.get_absolute_url(),
                since=measurement.recorded_at,
                lab=measurement.goal.lab,
                detail=f"{measurement.period}: {measurement.figure}",
                for_somebody_else=measurement.recorded_by_id == user.pk,
            )


class Overdue(Kind):
    key = "overdue"
    label = gettext_lazy("Measurements that are late")
    one = gettext_lazy("Measurement that is late")
    verb = pgettext_lazy("a goal", "See the goal")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        today = timezone.localdate()
        for goal in Goal.objects.measurable().active().with_progress():
            if goal.due_on and goal.due_on < today:
                yield Action(
                    kind=cls,
                    title=goal.title,
                    url=goal.get_absolute_url(),
                    since=midnight(goal.due_on + datetime.timedelta(days=1)),
                    lab=goal.lab,
                )


class Baselines(Kind):
    key = "baseline"
    label = gettext_lazy("Goals without a baseline")
    one = gettext_lazy("Goal without a baseline")
    verb = pgettext_lazy("a baseline", "Add it")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        for goal in Goal.objects.active().without_baseline().select_related("lab"):
            yield Action(
                kind=cls,
                title=goal.title,
                url=reverse("labs:goal_edit", args=[goal.pk]),
                since=goal.created_at,
                lab=goal.lab,
                detail=goal.baseline_unknown_because,
            )


def midnight(day: datetime.date) -> datetime.datetime:
    """When the day begins, where the labs are."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
