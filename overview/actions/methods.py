"""What waits for coordinators among the method reports."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from methods.models import Evidence, Revision
from overview.actions.action import Action, Kind


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
