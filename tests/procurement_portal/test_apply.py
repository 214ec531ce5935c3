import re
import time
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from mailing.models import Letter
from pictures import limits
from pictures.models import Draft, Picture
from procurement_portal.models import Application, Category
from tests.pictures.factories import png_bytes, upload
from tests.procurement_portal.factories import SOLE_TRADER, form_data, ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def url() -> str:
    return reverse("procurement_portal:apply")


def hidden(response, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', response.content.decode())
    assert found, name
    return found[1]


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def test_the_form_opens_without_writing_anything(client, url):
    assert client.get(url).status_code == 200
    assert (Application.objects.count(), Draft.objects.count()) == (0, 0)


def test_a_complete_application_is_stored_and_mailed(client, url):
    response = client.post(url, form_data(organisation_number="16 556016 0680"))
    application = Application.objects.get()
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("procurement_portal:receipt", args=["x"]).removesuffix("x/"))
    assert (application.state, application.company, application.organisation_number, application.is_sole_trader) == (
        "draft", "Ljusgården AB", "5560160680", False,
    )  # fmt: skip
    assert (application.website, application.phone, application.language) == (
        "https://ljusgarden.example.org", "+46701740605", "sv",
    )  # fmt: skip
    assert [each.slug for each in application.categories.all()] == ["trygghet"]
    assert application.consent.endswith(".")
    assert (application.logo.width, application.picture.width, application.contact_picture.width) == (200, 540, 200)
    assert Draft.objects.count() == 0
    assert Letter.objects.get().to == "asa@example.org"


def test_a_sole_trader_is_noted(client, url):
    client.post(url, form_data(organisation_number=SOLE_TRADER))
    assert Application.objects.get().is_sole_trader is True


def test_the_receipt_says_what_happens_now(client, url):
    page = client.post(url, form_data(), follow=True)
    text = page.content.decode()
    application = Application.objects.get()
    assert page.status_code == 200
    assert (application.reference in text, "asa@example.org" in text, application.link_token in text) == (
        True, True, False,
    )  # fmt: skip


def test_the_same_form_sent_twice_makes_one_application(client, url):
    data = form_data()
    first = client.post(url, data)
    for name in ("logo", "picture", "contact_picture"):
        data[name].seek(0)
    again = client.post(url, data)
    assert (first.status_code, again.status_code) == (302, 302)
    assert (Application.objects.count(), Letter.objects.count(), Picture.objects.count()) == (1, 1, 3)


def test_valid_pictures_survive_an_error_elsewhere(client, url):
    response = client.post(url, form_data(company="", phone="hej"))
    assert response.status_code == 400
    assert set(errors(response)) == {"company", "phone"}
    assert "hej" in str(errors(response)["phone"])
    assert (Draft.objects.count(), Application.objects.count()) == (3, 0)
    kept = {f"{name}-saved": hidden(response, f"{name}-saved") for name in ("logo", "picture", "contact_picture")}
    mended = form_data(logo=None, picture=None, contact_picture=None, ticket=hidden(response, "ticket"), **kept)
    assert client.post(url, mended).status_code == 302
    assert (Application.objects.count(), Draft.objects.count(), Picture.objects.count()) == (1, 0, 3)


def test_a_picture_is_stored_by_its_own_button_without_complaints_about_the_rest(client, url):
    response = client.post(url, {"ticket": ticket(), "upload_logo": "1", "logo": upload(png_bytes(200, 90), "l.png")})
    assert (response.status_code, errors(response), Draft.objects.count()) == (200, {}, 1)


def test_a_narrow_picture_is_refused_with_its_width_and_the_others_are_kept(client, url):
    response = client.post(url, form_data(picture=upload(png_bytes(539, 300), "smal.png")))
    assert response.status_code == 400
    assert set(errors(response)) == {"picture"}
    assert "539" in errors(response)["picture"][0]
    assert "540" in errors(response)["picture"][0]
    assert Draft.objects.count() == 2


def test_a_picture_over_the_limit_is_a_413_and_the_rest_is_kept(client, url, monkeypatch):
    monkeypatch.setattr("pictures.uploads.MAX_BYTES", 2_000)
    monkeypatch.setattr("pictures.inspection.MAX_BYTES", 2_000)
    response = client.post(url, form_data(picture=upload(b"\x89PNG" + b"x" * 5_000, "stor.png")))
    assert response.status_code == 413
    assert "picture" in errors(response)
    assert "Ljusgården AB" in response.content.decode()
    assert limits.MAX_BYTES == 209_715_200


def test_all_three_pictures_are_required(client, url):
    response = client.post(url, form_data(logo=None, picture=None, contact_picture=None))
    assert (response.status_code, set(errors(response))) == (400, {"logo", "picture", "contact_picture"})


def test_somebody_elses_uploaded_picture_cannot_be_used(client, url):
    other = Client()
    response = other.post(url, {"ticket": ticket(), "upload_logo": "1", "logo": upload(png_bytes(200, 90), "l.png")})
    stolen = hidden(response, "logo-saved")
    response = client.post(url, form_data(logo=None, **{"logo-saved": stolen}))
    assert (response.status_code, set(errors(response))) == (400, {"logo"})
    assert Draft.objects.filter(picture__name="l.png").count() == 1


def test_somebody_elses_enclosed_picture_cannot_be_used(client, url, draft):
    response = client.post(url, form_data(logo=None, **{"logo-saved": str(draft.logo_id)}))
    assert (response.status_code, set(errors(response))) == (400, {"logo"})


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("organisation_number", "556016-0681", "556016-0681"),
        ("organisation_number", "55601", "5"),
        ("website", "javascript:alert(1)", ""),
        ("website", "ftp://example.org", ""),
        ("website", "inte en adress", ""),
        ("email", "inte-en-adress", ""),
        ("email", "a@" + ".".join(["b" * 60] * 4) + ".example.org", "254"),
        ("phone", "112233445566778899", "112233445566778899"),
        ("phone", "070<b>", "070<b>"),
        ("description", "å" * 2001, "2001"),
        ("company", "å" * 151, "151"),
        ("company", "a\x00b", ""),
        ("organisation_number", "\x00", ""),
        ("phone", "\x00", ""),
        ("categories", ["999999"], "999999"),
        ("categories", ["\x00"], ""),
        ("regions", ["norge"], "norge"),
        ("regions", [], ""),
        ("categories", ["9" * 5000], ""),
        ("consent", None, ""),
    ],
)
def test_a_bad_field_is_named_with_what_was_found_and_everything_else_is_kept(client, url, field, value, said):
    response = client.post(url, form_data(**{field: value}))
    assert (response.status_code, set(errors(response))) == (400, {field})
    plain = str(errors(response)[field][0]).replace("\xa0", "").replace(" ", "")
    assert said in plain
    assert Application.objects.count() == 0


def test_hostile_text_is_shown_as_text(client, url):
    response = client.post(url, form_data(company="<script>alert(1)</script>", email=""))
    assert "<script>alert(1)" not in response.content.decode()
    assert "&lt;script&gt;alert(1)" in response.content.decode()


def test_a_line_break_counts_as_one_character(client, url):
    assert client.post(url, form_data(description="å\r\n" * 1000)).status_code == 302
    assert Application.objects.get().description == ("å\n" * 1000).strip()


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [(["skane", "gotland"], ["gotland", "skane"]), (["skane", "hela-landet"], ["hela-landet"])],
)
def test_all_of_sweden_holds_every_county(client, url, chosen, kept):
    client.post(url, form_data(regions=chosen))
    assert Application.objects.get().region_codes == kept


def test_at_most_four_categories(client, url):
    response = client.post(url, form_data(categories=[each.pk for each in Category.objects.all()[:5]]))
    assert (response.status_code, set(errors(response))) == (400, {"categories"})


def test_a_form_filled_in_at_once_is_shown_again_with_everything_kept(client, url):
    with mock.patch("django.core.signing.time.time", return_value=time.time()):
        response = client.post(url, form_data(ticket=ticket(age=0)))
    assert (response.status_code, set(errors(response))) == (400, {"__all__"})
    assert Application.objects.count() == 0
    assert "Ljusgården AB" in response.content.decode()
    assert Draft.objects.count() == 3


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "\x00", None])
def test_a_form_without_its_ticket_gets_a_new_one(client, url, forged):
    response = client.post(url, form_data(ticket=forged))
    assert (response.status_code, set(errors(response))) == (400, {"__all__"})
    assert hidden(response, "ticket").count(".") == 2


def test_a_form_that_was_open_for_too_long_gets_a_new_ticket_and_keeps_everything(client, url):
    old = ticket(age=8 * 24 * 3600)
    response = client.post(url, form_data(ticket=old))
    assert (response.status_code, set(errors(response))) == (400, {"__all__"})
    assert hidden(response, "ticket") != old
    assert "Ljusgården AB" in response.content.decode()


def test_a_filled_honeypot_is_emptied_and_said_not_dropped(client, url):
    response = client.post(url, form_data(nickname="Robot"))
    assert (response.status_code, set(errors(response))) == (400, {"__all__"})
    assert "Robot" not in response.content.decode()


def test_ten_thousand_fields_are_a_bad_request(client, url):
    assert client.post(url, {f"f{number}": "x" for number in range(10_000)}).status_code == 400


def test_a_forged_request_is_refused(url):
    assert Client(enforce_csrf_checks=True).post(url, {}).status_code == 403


def test_a_wrong_method_is_refused(client, url):
    assert client.delete(url).status_code == 405


def test_the_english_form_makes_an_english_application(client):
    response = client.post("/en/procurement-portal/application/", form_data())
    assert response["Location"].startswith("/en/procurement-portal/")
    letter = Letter.objects.get()
    assert (Application.objects.get().language, letter.language) == ("en", "en")
    assert "/en/procurement-portal/my-application/" in letter.text


def test_a_mistyped_address_is_corrected_on_the_receipt(client, url):
    receipt = client.post(url, form_data())["Location"]
    assert client.post(receipt, {"email": "ny@example.org"}).status_code == 302
    assert Application.objects.get().email == "ny@example.org"
    assert list(Letter.objects.order_by("pk").values_list("to", flat=True)) == ["asa@example.org", "ny@example.org"]


def test_the_receipt_does_not_mail_the_same_address_again_at_once(client, url):
    receipt = client.post(url, form_data())["Location"]
    response = client.post(receipt, {"email": "asa@example.org"})
    assert (response.status_code, set(errors(response)), Letter.objects.count()) == (409, {"email"}, 1)


@pytest.mark.parametrize("address", ["x", "a@" + ".".join(["b" * 60] * 4) + ".example.org"])
def test_the_receipt_refuses_what_is_no_address(client, url, address):
    receipt = client.post(url, form_data())["Location"]
    assert client.post(receipt, {"email": address}).status_code == 400


def test_a_confirmed_application_is_not_corrected_on_the_receipt(client, url):
    receipt = client.post(url, form_data())["Location"]
    Application.objects.get().confirm()
    assert client.post(receipt, {"email": "ny@example.org"}).status_code == 409
    assert Application.objects.get().email == "asa@example.org"
