from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.access import CoordinatorRequiredMixin, SignInRequiredMixin
from newsletter.models import DiaryEntry, Issue, Subscriber


class EntryScoped(SignInRequiredMixin):
    """Finds the entry of the address among those the person may see; 403 when they may see but not edit it."""

    kwargs: dict[str, Any]

    @property
    def entry(self) -> DiaryEntry:
        visible = DiaryEntry.objects.visible_to(self.request.user).with_people_and_places()
        entry = get_object_or_404(visible, slug=self.kwargs["slug"])
        if not entry.editable_for(self.request.user):
            raise PermissionDenied
        return entry


class IssueScoped(CoordinatorRequiredMixin):
    """Finds the issue of the address, for coordinators."""

    kwargs: dict[str, Any]

    @property
    def issue(self) -> Issue:
        return get_object_or_404(Issue, pk=self.kwargs["pk"])


class SubscriberScoped:
    """Finds the subscriber by the token of the address. Whoever holds the mail holds the key."""

    kwargs: dict[str, Any]

    @property
    def subscriber(self) -> Subscriber:
        subscriber = Subscriber.objects.filter(token=self.kwargs["token"], erased_at__isnull=True).first()
        if subscriber is None:
            raise Http404
        return subscriber
