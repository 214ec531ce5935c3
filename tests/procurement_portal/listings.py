"""What tests do with a listing again and again."""

import datetime

from django.utils import timezone

from procurement_portal.models import Supplier


def ends_in(supplier: Supplier, **time: float) -> Supplier:
    """The listing with its end moved: ends_in(supplier, days=10), or days=-1 for one whose time is up."""
    Supplier.objects.filter(pk=supplier.pk).update(listed_until=timezone.now() + datetime.timedelta(**time))
    supplier.refresh_from_db()
    return supplier
