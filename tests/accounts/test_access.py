"""A part of a page is asked for after the session has ended: the whole window goes to the sign-in, and back later."""

import pytest

from tests.accounts.proofs import give_app

PART = {"HX-Request": "true", "HX-Current-URL": "http://testserver/konto/personer/?q=anna#lista"}
SIGN_IN = "/konto/logga-in/?next="
BACK = "/konto/personer/%3Fq%3Danna%23lista"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_is_led_to_sign_in_and_back_to_the_page_they_were_on(client, db, method):
    response = getattr(client, method)("/konto/profil/", headers=PART)
    assert (response.status_code, response.content) == (200, b"")
    assert (response["HX-Redirect"], "Location" in response) == (SIGN_IN + BACK, False)


@pytest.mark.parametrize(
    "page", ["https://evil.example/konto/", "http://testserver.evil.example/", "//evil.example/", "javascript:1", ""]
)
def test_the_way_back_is_never_to_another_site(client, db, page):
    response = client.get("/konto/profil/", headers={**PART, "HX-Current-URL": page})
    assert response["HX-Redirect"] == f"{SIGN_IN}/konto/"


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_whole_page_is_redirected_as_ever(client, db, header):
    response = client.get("/konto/profil/", headers={**PART, header: "true"})
    assert (response.status_code, response["Location"]) == (302, f"{SIGN_IN}/konto/profil/")


def test_a_coordinator_whose_second_step_is_missing_is_led_to_it(client, coordinator):
    client.force_login(coordinator)
    assert client.get("/konto/personer/", headers=PART)["HX-Redirect"] == "/konto/tvastegsinloggning/"
    give_app(coordinator)
    response = client.get("/konto/personer/", headers=PART)
    assert response["HX-Redirect"] == "/konto/tvastegsinloggning/igen/?next=%2Fkonto%2Fpersoner%2F%3Fq%3Danna%23lista"
