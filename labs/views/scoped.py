"""Finding what the address names, within what the person may see; and asking whether they may work on it."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property

from accounts.access import SignInRequiredMixin
from accounts.models import User
from labs.models import Goal, Lab, Measurement


class Scoped(SignInRequiredMixin):
    """A signed-in page about something of a lab. 403 for insiders without the right; see `may()`."""

    request: HttpRequest
    kwargs: dict[str, Any]
    template_name: str

    @property
    def lab(self) -> Lab:
        raise NotImplementedError

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def may(self) -> bool:
        """Whether the person may do what this page is for; the base: whoever works in the lab, and coordinators."""
        return self.lab.worked_on_by(self.request.user)

    def check_access(self) -> None:
        super().check_access()
        if not self.may():
            raise PermissionDenied

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        return render(self.request, self.template_name, {"lab": self.lab, **context}, status=status)


class LabScoped(Scoped):
    @cached_property
    def lab(self) -> Lab:
        return get_object_or_404(Lab.objects.visible_to(self.request.user), slug=self.kwargs["slug"])


class GoalScoped(Scoped):
    @cached_property
    def goal(self) -> Goal:
        goals = Goal.objects.visible_to(self.request.user).with_progress()
        return get_object_or_404(goals, pk=self.kwargs["pk"])

    @property
    def lab(self) -> Lab:
        return self.goal.lab

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        return super().page(status, **{"goal": self.goal, **context})


class MeasurementScoped(Scoped):
    @cached_property
    def measurement(self) -> Measurement:
        measurements = Measurement.objects.visible_to(self.request.user).select_related(
            "goal__lab", "goal__focus_area", "recorded_by", "decided_by", "supersedes", "superseded_by"
        )
        return get_object_or_404(measurements, pk=self.kwargs["pk"])

    @property
    def lab(self) -> Lab:
        return self.measurement.goal.lab

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        return super().page(status, **{"measurement": self.measurement, "goal": self.measurement.goal, **context})
