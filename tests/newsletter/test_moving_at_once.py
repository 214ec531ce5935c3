"""Several coordinators press Up and Down at the same moment."""

import pytest
from django.test import Client

from tests.conftest import sign_in
from tests.newsletter.at_once import at_once
from tests.newsletter.factories import make_entry, make_issue

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_step_counts(coordinator):
    for title in "FEDCBA":
        make_entry(title)
    issue = make_issue()
    first, address = issue.items.all()[0].pk, f"/nyhetsbrev/utskick/{issue.pk}/innehall/"
    clients = [sign_in(Client(), coordinator) for _click in range(4)]
    assert at_once(*(lambda client=client: client.post(address, {"down": first}) for client in clients)) == []
    assert "".join(item.title for item in issue.items.with_sources()) == "BCDEAF"
