"""What waits for coordinators among the newsletters."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.models import User
from newsletter.mail_reply import told
from newsletter.models import Issue
from overview.actions.action import Action, Kind


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
