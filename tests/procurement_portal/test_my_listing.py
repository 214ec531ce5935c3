import datetime
import re

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from procurement_portal.models import ChangeRequest, Supplier
from procurement_portal.models.refusals import NotListed
from tests.pictures.factories import png_bytes, upload
from tests.procurement_portal.factories import SOLE_TRADER, change_data, make_supplier, propose, reject_picture, ticket
from tests.procurement_portal.listings import messages, shown, without_keys

# --- The page ----------------------------------------------------------------------------------------------------


def test_the_page_shows_what_is_public_until_when_and_how_to_change_it(client, supplier, page):
    text = shown(client, page)
    for expected in [
        supplier.name,
        "Demo Kontakt",
        "Skåne",
        "070-174 06 05",
        supplier.number.masked,
        f"{page}andring/",
    ]:
        assert expected in text
    assert f"till {date_format(timezone.localtime(supplier.listed_until))} och" in text
    assert "Föreslå en ändring" in text
    assert "Väntar" not in text


def test_a_sole_traders_number_is_masked_on_it(client, coordinator):
    supplier = make_supplier(by=coordinator, organisation_number=SOLE_TRADER)
    text = without_keys(shown(client, supplier.get_renewal_url()))
    assert ("850709-••••" in text, "9805" in text) == (True, False)


def test_the_page_says_what_became_of_proposals(client, supplier, page, coordinator):
    propose(supplier, description="Ett.").decline(by=coordinator, because="För kort.")
    propose(supplier, description="Två.", website="https://tva.example.org").accept(
        ["website"], by=coordinator, because="Fortfarande kort."
    )
    propose(supplier, description="Tre.")
    text = shown(client, page)
    for expected in ["För kort.", "Fortfarande kort.", "Ändrat: webbplats.", "Ert förslag väntar på svar"]:
        assert expected in re.sub(r"\s+", " ", text)
    assert "Demo Samordnare" not in text


def test_what_is_taken_down_says_whom_to_write_to_and_offers_nothing(client, supplier, page, coordinator):
    supplier.take_down(by=coordinator, because="Konkurs.")
    text = shown(client, page)
    assert ("Vi har tagit ner er sida" in text, "Föreslå en ändring" in text, "<button" in main(text)) == (
        True,
        False,
        False,
    )
    for response in (client.get(f"{page}andring/"), client.post(f"{page}andring/", change_data(supplier, company="X"))):
        assert response.status_code == 409
    assert ChangeRequest.objects.count() == 0


def main(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


def test_one_whose_time_is_up_is_told_to_come_back_and_may_propose(client, supplier, page):
    Supplier.objects.filter(pk=supplier.pk).update(listed_until=timezone.now() - datetime.timedelta(days=1))
    assert "Kom tillbaka i två år" in shown(client, page)
    assert "Er plats har gått ut" in shown(client, f"{page}andring/")
    assert client.post(f"{page}andring/", change_data(supplier, description="Nytt.")).status_code == 302


def test_nothing_keeps_the_pages_and_their_addresses_are_told_to_nobody(client, page):
    for address in (page, f"{page}andring/"):
        headers = client.get(address).headers
        assert ("no-store" in headers["Cache-Control"], headers["Referrer-Policy"]) == (True, "same-origin")


@pytest.mark.parametrize("path", ["", "andring/", "andring/atertagande/", "ny-adress/"])
@pytest.mark.parametrize("token", ["forged", "1.a.b", "²", "%00"])
def test_a_forged_link_opens_none_of_them(client, db, path, token):
    assert client.post(f"/inkopsportalen/min-sida/{token}/{path}").status_code == 404


# --- Proposing ---------------------------------------------------------------------------------------------------


def test_the_form_says_what_the_page_says(client, supplier, page):
    form = client.get(f"{page}andring/").context["form"]
    assert "organisation_number" not in form.fields
    assert [str(each.slug) for each in form.initial["categories"]] == ["trygghet"]
    text = shown(client, f"{page}andring/")
    for expected in ['value="Provföretaget AB"', "070-174 06 05", "Vi lyser upp gårdar.", str(supplier.logo.pk)]:
        assert expected in text
    assert "går inte att ändra" in text


def test_a_proposal_comes_in_and_nothing_changes_yet(client, supplier, page):
    response = client.post(f"{page}andring/", change_data(supplier, description="Nytt.", regions=["hela-landet"]))
    assert (response.status_code, response.headers["Location"]) == (302, page)
    change = ChangeRequest.objects.get()
    assert change.values == {"description": "Nytt.", "regions": ["hela-landet"]}
    assert messages(client, page) == ["Tack! Vi har fått ert förslag och svarar med e-post."]
    assert "Nytt." not in client.get(supplier.get_absolute_url()).content.decode()


def test_a_picture_can_be_proposed(client, supplier, page):
    data = change_data(supplier, logo=upload(png_bytes(200, 100), "ny.png"))
    assert client.post(f"{page}andring/", data).status_code == 302
    change = ChangeRequest.objects.get()
    assert (change.fields, change.logo.name, change.values) == (["logo"], "ny.png", {})
    assert client.get(f"/bilder/{change.logo.pk}/320.webp").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "__all__"),
        ({"company": ""}, "company"),
        ({"description": "å" * 2_001}, "description"),
        ({"regions": []}, "regions"),
        ({"email": "inte en adress"}, "email"),
        ({"phone": "noll"}, "phone"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"contact_name": "Demo Ny"}, "consent"),
        ({"email": "ny@example.org"}, "consent"),
        ({"nickname": "robot", "description": "Nytt."}, "__all__"),
        ({"ticket": "forged", "description": "Nytt."}, "__all__"),
        ({"remove_logo": "1"}, None),
        ({"logo-saved": "", "description": "Nytt."}, "logo"),
    ],
)
def test_a_form_that_is_not_right_comes_back_with_everything(client, supplier, page, changes, field):
    data = change_data(
        supplier, **{"contact_title": "Behållen titel" if field != "__all__" else "Försäljare", **changes}
    )
    response = client.post(f"{page}andring/", data)
    form = response.context["form"]
    assert response.status_code == (200 if field is None else 400)
    if field:
        assert field in form.errors
    assert ChangeRequest.objects.count() == 0
    assert f'value="{data["contact_title"]}"' in response.content.decode()


def test_a_valid_picture_is_kept_when_another_field_is_wrong(client, supplier, page):
    wrong = change_data(supplier, company="", logo=upload(png_bytes(200, 100), "ny.png"))
    response = client.post(f"{page}andring/", wrong)
    token = response.context["form"]["logo"].value().token
    assert (response.status_code, "ny.png" in response.content.decode()) == (400, True)
    assert client.post(f"{page}andring/", change_data(supplier, **{"logo-saved": token})).status_code == 302
    assert ChangeRequest.objects.get().logo.name == "ny.png"


def test_the_contact_persons_consent_is_kept(client, supplier, page):
    client.post(f"{page}andring/", change_data(supplier, contact_name="Demo Ny", consent="on"))
    assert ChangeRequest.objects.get().consent.startswith("Kontaktpersonen går med på")


def test_the_same_form_twice_is_one_proposal(client, supplier, page):
    data = change_data(supplier, description="Nytt.", logo=upload(png_bytes(200, 100), "ny.png"))
    first = client.post(f"{page}andring/", data)
    data["logo"].seek(0)
    second = client.post(f"{page}andring/", data)
    assert [each.headers["Location"] for each in (first, second)] == [page, page]
    assert ChangeRequest.objects.count() == 1


def test_the_form_begins_from_the_open_proposal_and_a_new_one_takes_its_place(client, supplier, page):
    client.post(
        f"{page}andring/", change_data(supplier, description="Vi lyser.", logo=upload(png_bytes(200, 100), "ny.png"))
    )
    first = ChangeRequest.objects.get()
    text = shown(client, f"{page}andring/")
    assert (">Vi lyser.<" in re.sub(r"\s*([<>])\s*", r"\1", text), str(first.logo.pk) in text) == (True, True)
    data = change_data(supplier, description="Två.", **{"logo-saved": str(first.logo.pk)})
    assert client.post(f"{page}andring/", data).status_code == 302
    second = ChangeRequest.objects.open().get()
    assert (second.logo, second.values) == (first.logo, {"description": "Två."})
    assert "Vi lyser." not in shown(client, f"{page}andring/?from=page")
    assert "Vi lyser upp gårdar." in shown(client, f"{page}andring/?from=page")


def test_after_a_no_the_form_still_says_what_was_proposed_and_why_not(client, supplier, page, coordinator):
    propose(supplier, description="Billigast!").decline(by=coordinator, because="Skriv utan reklam.")
    text = shown(client, f"{page}andring/")
    assert ("Billigast!" in text, "Skriv utan reklam." in text) == (True, True)


def test_a_picture_that_could_not_be_used_is_told_in_the_form(client, supplier, page):
    client.post(f"{page}andring/", change_data(supplier, logo=upload(png_bytes(200, 100), "ny.png")))
    reject_picture(ChangeRequest.objects.get().logo)
    assert "Kunde inte användas" in shown(client, f"{page}andring/")


def test_the_form_that_was_open_when_the_listing_was_taken_down_keeps_what_was_written(
    client, supplier, page, monkeypatch
):

    def too_late(*_args, **_wishes):
        raise NotListed("Vi har tagit ner er sida.")

    monkeypatch.setattr(Supplier, "propose", too_late)
    response = client.post(f"{page}andring/", change_data(supplier, description="Det jag skrev."))
    assert (response.status_code, "Det jag skrev." in response.content.decode()) == (409, True)
    assert "Vi har tagit ner er sida." in response.content.decode()


def test_the_company_takes_its_proposal_back(client, supplier, page):
    change = propose(supplier)
    for _ in range(2):
        assert client.post(f"{page}andring/atertagande/").headers["Location"] == page
    change.refresh_from_db()
    assert (change.state, client.get(f"{page}andring/atertagande/").status_code) == ("taken_back", 405)


def test_nobody_proposes_for_another_company(client, supplier, page, coordinator):
    other = make_supplier("Annat AB", by=coordinator)
    data = change_data(supplier, description="Nytt.", **{"logo-saved": str(other.logo.pk)})
    response = client.post(f"{page}andring/", data)
    assert (response.status_code, "logo" in response.context["form"].errors) == (400, True)


def test_it_is_in_english_too(client, supplier):
    token = supplier.renewal_signer.sign(str(supplier.pk))
    text = shown(client, f"/en/procurement-portal/my-listing/{token}/change/")
    assert "Propose a change" in text
    old = ticket(age=3)
    response = client.post(
        f"/en/procurement-portal/my-listing/{token}/change/", change_data(supplier, ticket=old, description="New.")
    )
    assert response.headers["Location"] == f"/en/procurement-portal/my-listing/{token}/"
