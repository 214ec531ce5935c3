import logging
from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView, ListView

from accounts.access import CoordinatorRequiredMixin
from generic.lists import ForgivingPages
from newsletter.forms.subscriber_filter import SubscriberFilterForm
from newsletter.models import Subscriber
from newsletter.models.subscriber import SubscriberQuerySet
from newsletter.spreadsheet import download

logger = logging.getLogger(__name__)


class SubscribersView(CoordinatorRequiredMixin, ForgivingPages, ListView):
    """Everybody who subscribes or has subscribed, newest first, with search. Who was erased is not there."""

    template_name = "newsletter/subscribers.html"
    context_object_name = "subscribers"
    paginate_by = 50

    def get_queryset(self) -> SubscriberQuerySet:
        self.filter = SubscriberFilterForm(self.request.GET)
        return self.filter.narrow(Subscriber.objects.not_erased()).order_by("-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = dict(Subscriber.objects.not_erased().order_by().values_list("state").annotate(Count("pk")))
        counts = [(state, label, found.get(state, 0)) for state, label in Subscriber.State.choices]
        return super().get_context_data(filter=self.filter, counts=counts, **kwargs)


class SubscriberView(CoordinatorRequiredMixin, DetailView):
    """What we know about one subscriber, and what a coordinator can do when they ask."""

    template_name = "newsletter/subscriber.html"
    context_object_name = "subscriber"
    queryset = Subscriber.objects.not_erased()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        subscriber = self.object
        return super().get_context_data(
            consents=subscriber.consents.select_related("subscriber_import__uploaded_by"),
            events=subscriber.events.newest_first()[:50],
            deliveries=subscriber.deliveries.select_related("issue").order_by("-pk")[:20],
            labs=subscriber.labs.alphabetical(),
            returned=subscriber.returned_mail()[:20],
            **kwargs,
        )


class SubscribersExportView(CoordinatorRequiredMixin, View):
    """The subscribers of the list, as it is narrowed, as a CSV file."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        subscribers = SubscriberFilterForm(request.GET).narrow(Subscriber.objects.not_erased())
        logger.info("User %s exports subscribers", request.user.pk)
        name = f"prenumeranter-{timezone.localdate():%Y-%m-%d}.csv"
        return download(name, headings(), rows(subscribers), cells)


def headings() -> list[str]:
    return [
        _("E-mail address"), _("State"), _("How often"), _("Language"), _("Labs"), _("Focus areas"),
        _("Signed up"), _("Confirmed"), _("Left the newsletter"),
    ]  # fmt: skip


def rows(subscribers: SubscriberQuerySet) -> Iterator[Subscriber]:
    return subscribers.prefetch_related("labs", "focus_areas").order_by("pk").iterator(chunk_size=1_000)


def cells(subscriber: Subscriber) -> list[Any]:
    return [
        subscriber.email,
        subscriber.get_state_display(),
        subscriber.frequency,
        subscriber.language,
        ", ".join(lab.name for lab in subscriber.labs.all()),
        ", ".join(area.name for area in subscriber.focus_areas.all()),
        *(day(moment) for moment in (subscriber.created_at, subscriber.confirmed_at, subscriber.left_at)),
    ]


def day(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else ""
