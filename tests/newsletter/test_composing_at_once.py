"""Two coordinators press the same button at the same moment."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.models import Issue
from tests.newsletter.factories import make_entry

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_first_digest_composed_twice_at_once_is_one(lab, coordinator):
    make_entry(lab=lab)
    start, now, found = threading.Barrier(4), timezone.now(), []

    def compose(later: int) -> None:
        start.wait()
        try:
            found.append(Issue.compose_weekly(until=now + datetime.timedelta(milliseconds=later), by=coordinator))
        finally:
            connection.close()

    threads = [threading.Thread(target=compose, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    issue = Issue.objects.get()
    assert set(found) <= {issue, None}
    assert issue.items.count() == 1
