"""What waits for coordinators in the procurement portal."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.models import User
from overview.actions.action import Action, Kind
from procurement_portal.models import Application, ChangeRequest, Recommendation, Tip


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
