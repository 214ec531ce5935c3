import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from labs.models import Goal, Measurement


@dataclass(frozen=True)
class NextStep:
    """Something a lab's people are waited for with: `kind` is "returned", "overdue" or "unassessed", `since` a day."""

    kind: str
    goal: Goal
    since: datetime.date
    measurement: Measurement | None = None


def next_steps(goals: Iterable[Goal], today: datetime.date | None = None) -> list[NextStep]:
    """What waits for the labs' people, oldest first, from goals read with `with_progress()`."""
    today = today or timezone.localdate()
    steps: list[NextStep] = []
    for goal in goals:
        for measurement in goal.current_measurements:
            if measurement.state == Measurement.State.RETURNED and measurement.decided_at:
                since = timezone.localdate(measurement.decided_at)
                steps.append(NextStep("returned", goal, since, measurement))
        if goal.due_on and goal.due_on < today:
            steps.append(NextStep("overdue", goal, goal.due_on))
        if goal.lacks_assessment:
            steps.append(NextStep("unassessed", goal, timezone.localdate(goal.created_at)))
    return sorted(steps, key=lambda step: step.since)
