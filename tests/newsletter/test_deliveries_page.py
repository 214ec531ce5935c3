"""The recipients of a sending, and what became of each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsletter.models import Delivery, Issue
from newsletter.models.address import normalised
from tests.newsletter.factories import make_frozen, make_subscriber, make_uncertain
from tests.newsletter.pages import desk_of

pytestmark = pytest.mark.django_db


def test_recipients_are_narrowed_by_what_became_of_them(coordinator_client, coordinator, on_its_way):
    rows = list(on_its_way.deliveries.order_by("pk"))
    Delivery.objects.filter(pk__in=[rows[5].pk, rows[6].pk]).update(state="unknown")
    on_its_way.close_uncertain(by=coordinator, only=[rows[5].pk])
    page = f"{desk_of(on_its_way)}mottagare/"

    def found(query: str) -> int:
        return len(coordinator_client.get(page + query).context["deliveries"])

    counts = {state: found(f"?state={state}") for state in ("accepted", "waiting", "unknown", "open", "failed")}
    assert counts == {"accepted": 4, "waiting": 4, "unknown": 2, "open": 1, "failed": 0}
    assert "avslutat av Demo Samordnare" in coordinator_client.get(f"{page}?state=unknown").content.decode()


@pytest.mark.parametrize("domain", ["räksmörgås.example", "☕.example"])
def test_a_domain_with_letters_of_its_own_is_found_as_it_is_written(coordinator_client, domain):
    ulla = make_subscriber(normalised(f"ulla@{domain}"))
    issue = make_frozen("Till alla", [ulla, make_subscriber()])
    page = coordinator_client.get(f"{desk_of(issue)}mottagare/", {"q": f"ulla@{domain}"})
    assert [row.subscriber for row in page.context["deliveries"]] == [ulla]


def test_more_recipients_take_no_more_queries(coordinator_client):
    def queries(issue: Issue) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert coordinator_client.get(f"{desk_of(issue)}mottagare/").status_code == 200
        return len(captured)

    one, three = make_uncertain("Ett"), make_uncertain("Tre", 3)
    queries(one)
    assert queries(three) == queries(one)
