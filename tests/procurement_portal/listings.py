"""What tests do with a listing again and again."""

import datetime
import re

from django.utils import timezone

from mailing.models import Letter
from pictures.models import Picture
from procurement_portal.models import Supplier
from tests.pictures.factories import ready_picture


def ends_in(supplier: Supplier, **time: float) -> Supplier:
    """The listing with its end moved: ends_in(supplier, days=10), or days=-1 for one whose time is up."""
    Supplier.objects.filter(pk=supplier.pk).update(listed_until=timezone.now() + datetime.timedelta(**time))
    supplier.refresh_from_db()
    return supplier


def draft_picture() -> Picture:
    """A picture that was uploaded with a form and is nobody's yet."""
    return ready_picture(claimed=False)


def afresh(supplier: Supplier) -> Supplier:
    return Supplier.objects.get(pk=supplier.pk)


def said(supplier: Supplier, *fields: str) -> list:
    """What the listing says now in these fields."""
    supplier = afresh(supplier)
    return [supplier.says(field) for field in fields]


def verbs(supplier: Supplier) -> list[str]:
    """What has happened to it, the newest first."""
    return [event.verb for event in supplier.events.newest_first()]


def letters() -> list[tuple[str, str]]:
    """To whom we have written, and about what."""
    return [(letter.to, letter.subject) for letter in Letter.objects.order_by("pk")]


def shown(client, page: str) -> str:
    """The page, which is there."""
    response = client.get(page)
    assert response.status_code == 200
    return response.content.decode()


def without_keys(page: str) -> str:
    """The page without the keys of pictures and without signatures: any digits may stand in those by chance."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\w{6}[.:][\w-]{43}(?![\w-])", "", page)


def messages(client, page: str) -> list[str]:
    """What the page tells once."""
    return [str(message) for message in client.get(page).context["messages"]]
