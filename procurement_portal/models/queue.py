from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from collation import SwedishOrder
from procurement_portal.models import states
from procurement_portal.models.link import LinkQuerySet

# How the queue can be sorted, by the word in the address.
ORDERS: dict[str, list[Any]] = {
    "": [F("waiting_since").asc(nulls_last=True), "-confirmed_at", "pk"],
    "newest": ["-confirmed_at", "-pk"],
    "company": [SwedishOrder("company"), "pk"],
}


class QueueQuerySet(LinkQuerySet):
    """What coordinators look for among the applications."""

    def confirmed(self) -> "QueueQuerySet":
        """What coordinators see: applications whose e-mail address was confirmed."""
        return self.exclude(state=states.State.DRAFT)

    def open(self) -> "QueueQuerySet":
        """Confirmed, and neither decided nor withdrawn."""
        return self.filter(state__in=states.OPEN)

    def awaiting_coordinator(self) -> "QueueQuerySet":
        """What a coordinator has the next move in, longest waiting first."""
        return self.filter(state__in=states.AWAITING_COORDINATOR).order_by("waiting_since", "pk")

    def held_by(self, whom: str, *, reader: Any) -> "QueueQuerySet":
        """Those reviewed by `reader` ("me"), by "nobody" yet, or by "somebody"."""
        if whom == "me":
            return self.filter(reviewer=reader)
        return self.filter(reviewer__isnull=whom == "nobody")

    def in_category(self, slug: str) -> "QueueQuerySet":
        return self.filter(categories__slug=slug)

    def waiting_longer_than(self, *, days: int) -> "QueueQuerySet":
        """Those in which a coordinator has had the move for more than so many days."""
        return self.filter(waiting_since__lt=timezone.now() - timedelta(days=days))

    def search(self, words: str) -> "QueueQuerySet":
        for word in words.split():
            digits = word.replace("-", "")
            self = self.filter(
                Q(company__icontains=word)
                | Q(reference__icontains=word)
                | Q(contact_name__icontains=word)
                | Q(email__icontains=word)
                | (Q(organisation_number__contains=digits) if digits.isdigit() else Q())
            )
        return self
