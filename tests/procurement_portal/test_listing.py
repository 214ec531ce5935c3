"""What coordinators do with a listing: taken down, put back, and what they and its company read about that."""

import pytest
from django.urls import reverse

from mailing.models import Letter
from procurement_portal.models import Supplier
from tests.procurement_portal.factories import LETTER, make_application
from tests.procurement_portal.listings import afresh, ends_in, letters


def tools(client, supplier: Supplier) -> list[bool]:
    """Whether the supplier's page offers to take it down, and to put it back."""
    text = client.get(supplier.get_absolute_url()).content.decode()
    return [reverse(f"procurement_portal:{name}", args=[supplier.slug]) in text for name in ("takedown", "listing")]


def test_a_coordinator_takes_down_and_puts_back(coordinator_client, supplier):
    takedown = reverse("procurement_portal:takedown", args=[supplier.slug])
    listing = reverse("procurement_portal:listing", args=[supplier.slug])
    assert coordinator_client.get(takedown).status_code == 200
    assert coordinator_client.post(takedown, {"because": ""}).status_code == 400
    assert coordinator_client.post(takedown, {"because": "Konkurs."}).status_code == 302
    assert Supplier.objects.get().is_listed is False
    assert coordinator_client.post(takedown, {"because": "Igen."}).status_code == 409
    assert coordinator_client.get(listing).status_code == 405
    assert coordinator_client.post(listing).status_code == 302
    assert coordinator_client.post(listing).status_code == 409


@pytest.mark.parametrize("name", ["takedown", "listing"])
def test_others_do_not_take_down(client, member_client, supplier, name):
    url = reverse(f"procurement_portal:{name}", args=[supplier.slug])
    assert (client.post(url).status_code, member_client.post(url).status_code) == (302, 403)
    assert Supplier.objects.get().is_listed is True


def test_the_page_offers_what_can_be_done_with_it(coordinator_client, coordinator, supplier):
    assert tools(coordinator_client, supplier) == [True, False]
    assert tools(coordinator_client, ends_in(supplier, days=-1)) == [True, True]
    supplier.take_down(by=coordinator, because="På egen begäran.")
    assert tools(coordinator_client, supplier) == [False, True]


def test_one_whose_time_is_up_can_be_taken_down(coordinator_client, supplier):
    ends_in(supplier, days=-1)
    takedown = reverse("procurement_portal:takedown", args=[supplier.slug])
    assert coordinator_client.post(takedown, {"because": "På egen begäran."}).status_code == 302
    supplier.refresh_from_db()
    assert supplier.taken_down_because == "På egen begäran."


def test_an_application_from_the_same_company_says_how_its_listing_stands(coordinator_client, coordinator, supplier):
    again = make_application("submitted", organisation_number=supplier.organisation_number)

    def said() -> list[bool]:
        text = coordinator_client.get(again.get_absolute_url()).content.decode()
        return [words in text for words in ("finns i portalen", "tiden i portalen har gått ut", "borttagen från")]

    assert said() == [True, False, False]
    ends_in(supplier, days=-1)
    assert said() == [False, True, False]
    supplier.take_down(by=coordinator, because="Konkurs.")
    assert said() == [False, False, True]


def test_the_applicant_reads_why_the_page_is_not_seen(client, coordinator, supplier):
    status = supplier.applications.get().get_status_url()

    def said() -> list[bool]:
        text = client.get(status).content.decode()
        return [words in text for words in ("Se er sida i portalen", "Er plats i portalen gick ut", "Vi har tagit ner")]

    assert said() == [True, False, False]
    ends_in(supplier, days=-1)
    assert said() == [False, True, False]
    supplier.take_down(by=coordinator, because="Konkurs.")
    assert said() == [False, False, True]


def test_a_new_approval_that_moves_the_page_to_another_address_is_told_to_the_former(coordinator, supplier):
    again = make_application(
        "under_review", by=coordinator, organisation_number=supplier.organisation_number, email="ny@example.org"
    )
    Letter.objects.all().delete()
    again.approve(by=coordinator, because="Uppdaterat.", **LETTER)
    assert afresh(supplier).email == "ny@example.org"
    assert letters() == [
        (supplier.email, f"{again.company} har en ny e-postadress i Inköpsportalen"),
        ("ny@example.org", LETTER["subject"]),
    ]
