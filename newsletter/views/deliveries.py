from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext
from django.views import View
from django.views.generic import ListView

from generic.lists import ForgivingPages
from newsletter.delivery_log import DeliveryLog
from newsletter.forms.recipients import RecipientsForm
from newsletter.models import Delivery
from newsletter.progress import progress_of
from newsletter.spreadsheet import download
from newsletter.views.scope import IssueScoped


class DeliveriesView(IssueScoped, ForgivingPages, ListView):
    """What became of each recipient of an issue, with search."""

    http_method_names = ["get", "head", "options"]
    template_name = "newsletter/deliveries.html"
    context_object_name = "deliveries"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Any]:
        self.found_issue = self.issue
        self.filter = RecipientsForm(self.request.GET)
        deliveries = Delivery.objects.filter(issue=self.found_issue).select_related("subscriber", "closed_by")
        return self.filter.narrow(deliveries).prefetch_related("bounces").order_by("pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        progress = progress_of(self.found_issue, fresh=True)
        context = super().get_context_data(issue=self.found_issue, filter=self.filter, progress=progress, **kwargs)
        # Where its links lead; the page may be the answer to a form sent elsewhere.
        context["list_url"] = reverse("newsletter:deliveries", args=[self.found_issue.pk])
        uncertain = (row for row in context["deliveries"] if row.state == Delivery.State.UNKNOWN)
        context["undecided"] = {row.pk for row in uncertain if row.closed_at is None}
        return context


class DeliveryLogView(IssueScoped, View):
    """The same for all of them, as a file for a spreadsheet."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        issue = self.issue
        name = (
            pgettext("file name", "issue")
            + f"-{issue.pk}-{timezone.localdate(issue.frozen_at or issue.created_at):%Y-%m-%d}.csv"
        )
        log = DeliveryLog(issue)
        return download(name, log.headings, log.rows(), log.cells)
