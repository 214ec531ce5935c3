"""Verifying and returning, as coordinators meet them."""

import pytest
from django.urls import reverse

from mailing.models import Letter
from tests.labs.factories import make_measurement, make_verified


@pytest.fixture
def reported(goal, lab_member):
    return make_measurement(goal, 2019, recorded_by=lab_member, narrative="Enkät i maj.")


def verification(measurement) -> str:
    return reverse("labs:verification", args=[measurement.pk])


def return_of(measurement) -> str:
    return reverse("labs:return", args=[measurement.pk])


def test_a_coordinator_sees_the_number_beside_what_came_before(coordinator_client, goal, reported):
    make_verified(goal, 2018, numerator=7, denominator=20)
    page = coordinator_client.get(reported.get_absolute_url()).content.decode()
    for words in ["9 av 22", "Enkät i maj.", "7 av 20", "20 %", "60 %", "Verifiera talet", "Historik", "<svg"]:
        assert words in page


def test_a_coordinator_verifies(coordinator_client, reported, coordinator):
    page = coordinator_client.post(verification(reported), follow=True)
    reported.refresh_from_db()
    assert (reported.state, reported.decided_by) == ("verified", coordinator)
    assert "Mätningen är verifierad." in page.content.decode()


def test_a_coordinator_returns_with_a_note(coordinator_client, reported, lab_member):
    coordinator_client.post(return_of(reported), {"note": "Hur många svarade?"})
    reported.refresh_from_db()
    assert (reported.state, reported.note) == ("returned", "Hur många svarade?")
    assert Letter.objects.get().to == lab_member.email


def test_returning_without_a_note_is_refused(coordinator_client, reported):
    page = coordinator_client.post(return_of(reported), {"note": "  "})
    assert page.status_code == 400
    assert "<details open>" in page.content.decode()
    reported.refresh_from_db()
    assert reported.state == "reported"
    assert not Letter.objects.exists()


def test_nobody_is_offered_or_granted_to_verify_their_own(coordinator_client, goal, coordinator):
    own = make_measurement(goal, recorded_by=coordinator)
    page = coordinator_client.get(own.get_absolute_url()).content.decode()
    assert "Verifiera talet" not in page
    assert "en annan samordnare kontrollerar den" in page
    assert coordinator_client.post(verification(own)).status_code == 409
    assert coordinator_client.post(return_of(own), {"note": "x"}).status_code == 409


def test_deciding_twice_conflicts(coordinator_client, reported):
    coordinator_client.post(verification(reported))
    page = coordinator_client.post(verification(reported))
    assert page.status_code == 409
    assert "Någon har redan avgjort den här mätningen" in page.content.decode()


@pytest.mark.parametrize("address", [verification, return_of])
def test_only_coordinators_decide(member_client, other_member_client, client, reported, address):
    assert member_client.post(address(reported), {"note": "x"}).status_code == 403
    assert other_member_client.post(address(reported), {"note": "x"}).status_code == 404
    assert client.post(address(reported), {"note": "x"}).status_code == 302
    reported.refresh_from_db()
    assert reported.state == "reported"


@pytest.mark.parametrize("address", [verification, return_of])
def test_reading_never_decides(coordinator_client, reported, address):
    assert coordinator_client.get(address(reported)).status_code == 405
    reported.refresh_from_db()
    assert reported.state == "reported"
