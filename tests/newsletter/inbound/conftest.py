from collections.abc import Callable
from email.utils import format_datetime

import pytest
from django.utils import timezone

from newsletter.models import Delivery, Subscriber
from tests.newsletter.inbound.corpus import filled_in, make_delivery


@pytest.fixture(autouse=True)
def addresses(settings, tmp_path):
    settings.BOUNCE_ADDRESS = settings.UNSUBSCRIBE_ADDRESS = "studs@labb.example.org"
    settings.VAR_DIR = tmp_path


@pytest.fixture
def delivery(issue, subscriber) -> Delivery:
    """The issue's mail to the subscriber, sent."""
    return make_delivery(subscriber, issue=issue)


@pytest.fixture
def reader(delivery) -> Subscriber:
    return delivery.subscriber


@pytest.fixture
def mail(delivery) -> Callable[..., bytes]:
    """A mail of the corpus, about the delivery, the same bytes each time; with `verp=`, `email=`, `token=`,
    `message_id=`, `date=` others.
    """
    today = format_datetime(timezone.now())
    return lambda name, **changes: filled_in(name, delivery, **{"date": today, **changes})
