"""Everything that waits for a coordinator: one class per kind, each a query or two whatever the number of rows.

A part that gets something new to wait for adds a class here and puts it in `KINDS`.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.models import User
from labs.models import Goal, Lab, Measurement
from methods.models import Evidence, Revision
from newsletter.mail_reply import told
from newsletter.models import Issue
from procurement_portal.models import Application, ChangeRequest, Recommendation, Tip


@dataclass(frozen=True)
class Action:
    """One thing that waits: what, whose, since when, and where it is done."""

    kind: type["Kind"]
    title: str
    url: str
    since: datetime.datetime
    lab: Lab | None = None
    detail: str = ""
    for_somebody_else: bool = False


class Kind:
    """A kind of thing that waits. `label` names several of it, `one` a single one, `verb` what one does about it."""

    key: ClassVar[str]
    label: ClassVar[object]
    one: ClassVar[object]
    verb: ClassVar[object]

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        """What waits now, as `user` sees it: `for_somebody_else` where four eyes ask for another coordinator."""
        raise NotImplementedError


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


class Reviews(Kind):
    key = "review"
    label = gettext_lazy("Method reports to review")
    one = gettext_lazy("Method report to review")
    verb = pgettext_lazy("a method report", "Review")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        for revision in Revision.objects.submitted().select_related("method__lab"):
            yield Action(
                kind=cls,
                title=revision.title,
                url=reverse("methods:review", args=[revision.pk]),
                since=revision.submitted_at or revision.updated_at,
                lab=revision.method.lab,
                detail=_("version %(number)d") % {"number": revision.number},
                for_somebody_else=user.pk in {revision.author_id, revision.submitted_by_id},
            )


class Evidences(Kind):
    key = "evidence"
    label = gettext_lazy("Evidence that needs a new look")
    one = gettext_lazy("Evidence to look at again")
    verb = pgettext_lazy("evidence", "Look again")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        evidences = Evidence.objects.needing_a_new_look().select_related("method__lab")
        for evidence in evidences.order_by("needs_new_look_since", "pk"):
            yield Action(
                kind=cls,
                title=evidence.method.title,
                url=reverse("methods:evidence", args=[evidence.method.slug]),
                since=evidence.needs_new_look_since or evidence.signed_at,
                lab=evidence.method.lab,
                detail=_("A number under it has been corrected."),
            )


class Applications(Kind):
    key = "application"
    label = gettext_lazy("Applications to review")
    one = gettext_lazy("Application to review")
    verb = pgettext_lazy("an application", "Review")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        recommended = set(Recommendation.objects.of(user).values_list("application_id", flat=True))
        for application in Application.objects.awaiting_coordinator().select_related("reviewer"):
            state = str(application.get_state_display())
            yield Action(
                kind=cls,
                title=application.company,
                url=application.get_absolute_url(),
                since=application.waiting_since or application.created_at,
                detail=f"{state}, {application.reviewer.name}" if application.reviewer else state,
                for_somebody_else=application.pk in recommended,
            )


class Changes(Kind):
    key = "change"
    label = gettext_lazy("Changes that suppliers propose")
    one = gettext_lazy("Change that a supplier proposes")
    verb = pgettext_lazy("a proposed change", "Look at it")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        for change in ChangeRequest.objects.open().select_related("supplier"):
            yield Action(
                kind=cls,
                title=change.supplier.name,
                url=change.get_absolute_url(),
                since=change.created_at,
                detail=ngettext("%(number)d change", "%(number)d changes", len(change.fields))
                % {"number": len(change.fields)},
            )


class Tips(Kind):
    key = "tip"
    label = gettext_lazy("Tips to handle")
    one = gettext_lazy("Tip to handle")
    verb = pgettext_lazy("a tip", "Read")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        for tip in Tip.objects.unhandled():
            yield Action(
                kind=cls,
                title=tip.subject,
                url=tip.get_absolute_url(),
                since=tip.created_at,
                detail=str(tip.get_kind_display()),
            )


class Issues(Kind):
    key = "issue"
    label = gettext_lazy("Newsletters to send")
    one = gettext_lazy("Newsletter to send")
    verb = pgettext_lazy("a newsletter", "Look and send")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        for issue in Issue.objects.waiting_for_coordinator().exclude(pk__in=Issue.objects.held_back()):
            yield Action(
                kind=cls,
                title=issue.title,
                url=issue.get_desk_url(),
                since=issue.created_at,
                detail=str(issue.get_kind_display()),
            )


class HeldBack(Kind):
    """Ordered sent, and made drafts again because they could not be."""

    key = "held-back"
    label = gettext_lazy("Newsletters that were not sent as ordered")
    one = gettext_lazy("Newsletter that was not sent as ordered")
    verb = pgettext_lazy("a newsletter", "See why")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        for issue in Issue.objects.held_back().with_latest_event():
            yield Action(kind=cls, title=issue.title, url=issue.get_desk_url(), since=issue.changed_last_at)


class Interrupted(Kind):
    """On their way, and getting nowhere."""

    key = "interrupted"
    label = gettext_lazy("Newsletters that have stopped on their way")
    one = gettext_lazy("Newsletter that has stopped on its way")
    verb = pgettext_lazy("a newsletter", "See why")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        for issue in Issue.objects.interrupted().with_latest_event():
            still = issue.state != Issue.State.PAUSED and not issue.trouble
            yield Action(
                kind=cls,
                title=issue.title,
                url=issue.get_desk_url(),
                since=issue.changed_last_at,
                detail=_("nothing happens with it") if still else told(issue.trouble) or str(issue.get_state_display()),
            )


class Uncertainties(Kind):
    """Nobody knows whether they arrived, and nobody has decided."""

    key = "uncertain"
    label = gettext_lazy("Newsletters with uncertain recipients")
    one = gettext_lazy("Newsletter with uncertain recipients")
    verb = pgettext_lazy("a newsletter", "Decide")

    @classmethod
    def waiting(cls, user: User) -> Iterator[Action]:
        for issue in Issue.objects.with_uncertain_deliveries():
            yield Action(
                kind=cls,
                title=issue.title,
                url=f"{reverse('newsletter:deliveries', args=[issue.pk])}?state=open",
                since=issue.uncertain_since,
                detail=ngettext("%(number)d recipient", "%(number)d recipients", issue.uncertain_count)
                % {"number": issue.uncertain_count},
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


KINDS: list[type[Kind]] = [
    Verifications,
    Reviews,
    Evidences,
    Applications,
    Changes,
    Tips,
    Issues,
    HeldBack,
    Interrupted,
    Uncertainties,
    Overdue,
    Baselines,
]


def everything_waiting(user: User) -> list[Action]:
    """All that waits, oldest first."""
    actions = [action for kind in KINDS for action in kind.waiting(user)]
    return sorted(actions, key=lambda action: action.since)


def midnight(day: datetime.date) -> datetime.datetime:
    """When the day begins, where the labs are."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
