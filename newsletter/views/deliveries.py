from typing import Any

from django.db.models import QuerySet
from django.views.generic import ListView

from generic.lists import ForgivingPages
from newsletter.forms.recipients import RecipientsForm
from newsletter.models import Delivery
from newsletter.views.scope import IssueScoped


class DeliveriesView(IssueScoped, ForgivingPages, ListView):
    """What became of each recipient of an issue, with search."""

    template_name = "newsletter/deliveries.html"
    context_object_name = "deliveries"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Any]:
        self.found_issue = self.issue
        self.filter = RecipientsForm(self.request.GET)
        deliveries = Delivery.objects.filter(issue=self.found_issue).select_related("subscriber", "variant")
        return self.filter.narrow(deliveries).order_by("pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = self.found_issue.deliveries.counts()
        return super().get_context_data(issue=self.found_issue, filter=self.filter, counts=counts, **kwargs)
