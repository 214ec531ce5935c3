"""An application that is gone on with elsewhere, by a mailed link."""

import re
import time
from unittest import mock

import pytest
from django.test import Client

from mailing.models import Letter
from pictures.models import Draft
from procurement_portal.models import Application, StartedApplication
from tests.pictures.factories import png_bytes, upload
from tests.pictures.transfers import transferred
from tests.procurement_portal.windows import Window, complete, hidden, pictures, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhurried")]


def mailed_link() -> str:
    found = re.search(r"https?://[^/]+(/\S+/)", Letter.objects.latest("pk").text)
    assert found
    return found[1]


@pytest.fixture
def begun(client) -> Window:
    """Begun on a phone, with a picture, and a link mailed."""
    window = Window(client).write(company="Ljusgården AB", email="asa@example.org", phone="hej")
    window.save("started_link", logo=upload(png_bytes(200, 100), "logotyp.png"))
    return window


def test_a_link_is_mailed_in_our_words_only(begun):
    letter = Letter.objects.get()
    assert (letter.to, letter.subject) == ("asa@example.org", "Fortsätt med din ansökan till Inköpsportalen")
    assert "Ljusgården" not in letter.text + letter.html
    assert mailed_link().startswith("/inkopsportalen/ansokan/fortsattning/")


def test_the_link_needs_a_button_and_brings_the_pictures_along(begun):
    other = Client()
    page = other.get(mailed_link())
    assert (page.status_code, "Ljusgården AB" in page.content.decode()) == (200, True)
    assert ("no-store" in page["Cache-Control"], page["Referrer-Policy"]) == (True, "same-origin")
    assert "Ljusgården AB" not in other.get(url()).content.decode()
    form = other.post(mailed_link(), follow=True).context["form"]
    assert (form["company"].value(), form["phone"].value()) == ("Ljusgården AB", "hej")
    assert form["logo"].value().picture.name == "logotyp.png"


def test_what_is_thrown_away_takes_the_letter_with_the_link_along(client, begun):
    Window(Client()).write(email="annan@example.org").save("started_link")
    shown = {"ticket": hidden(client.get(url("started_removal")).content.decode(), "ticket")}
    client.post(url("started_removal"), shown)
    assert [letter.to for letter in Letter.objects.all()] == ["annan@example.org"]


def test_the_first_picture_there_belongs_to_what_is_gone_on_with(client):
    Window(client).write(email="asa@example.org").save("started_link")
    other = Client()
    other.post(mailed_link())
    form = other.get(url()).context["form"]
    window = Window(other)
    assert transferred(Client(), png_bytes(200, 100), "logotyp.png", form["logo"].slot).status_code == 201
    window.write(company="Ljusgården AB").autosave()
    window.write(**{"logo-saved": Draft.objects.get().token}).autosave()
    assert len(StartedApplication.objects.get().pictures) == 1


def test_the_browser_it_began_in_is_told_and_can_have_it_back(begun):
    other = Client()
    other.post(mailed_link())
    page = begun.client.get(url())
    assert "Du har fortsatt i en annan webbläsare" in page.content.decode()
    form = begun.client.post(url("started_here"), follow=True).context["form"]
    assert form["logo"].value().picture.name == "logotyp.png"


def test_it_is_finished_in_the_other_browser(begun):
    other, link = Client(), mailed_link()
    other.post(link)
    window = Window(other).write(**complete(email="asa@example.org"))
    files = pictures()
    del files["logo"]
    window.send(**files)
    application = Application.objects.get()
    assert (application.email, application.logo.name) == ("asa@example.org", "logotyp.png")
    assert other.get(link).status_code == 404


def test_another_application_in_that_browser_is_told_of(begun):
    other = Client()
    Window(other).write(company="Annat AB").autosave()
    assert "finns en annan påbörjad ansökan" in other.get(mailed_link()).content.decode()
    assert "finns en annan påbörjad ansökan" not in begun.client.get(mailed_link()).content.decode()


@pytest.mark.parametrize("address", ["", "x", "a@b", "a@" + ".".join(["b" * 60] * 4) + ".example.org"])
def test_a_link_needs_an_address_and_all_is_kept(client, address):
    page = Window(client).write(company="Ljusgården AB", email=address).save("started_link")
    assert (page.status_code, set(page.context["form"].errors)) == (400, {"email"})
    assert (Letter.objects.count(), StartedApplication.objects.get().company) == (0, "Ljusgården AB")


def test_links_are_not_mailed_again_and_again_and_the_answer_is_the_same(begun):
    answers = [begun.save("started_link") for _ in range(3)]
    assert Letter.objects.count() == 1
    assert all("Vi mejlar en länk till asa@example.org" in each.content.decode() for each in answers)


def test_an_application_gets_five_mails_at_most(begun):
    for number in range(8):
        begun.write(email=f"asa{number}@example.org").save("started_link")
    assert Letter.objects.count() == 5


def test_an_address_gets_three_a_day_from_whichever_application():
    for number in range(5):
        Window(Client()).write(company=f"Bolag {number}", email=f"Asa+{number}@example.org").save("started_link")
    assert Letter.objects.count() == 3


def test_a_link_to_a_corrected_address_ends_the_one_before(begun):
    former = mailed_link()
    begun.write(email="ratt@example.org").save("started_link")
    assert Client().get(former).status_code == 404
    assert Client().get(mailed_link()).status_code == 200


def test_a_link_lasts_thirty_days(begun):
    link = mailed_link()
    with mock.patch("django.core.signing.time.time", return_value=time.time() + 31 * 24 * 3600):
        assert Client().get(link).status_code == 404
        assert Client().post(link).status_code == 404


@pytest.mark.parametrize("token", ["x", "%00", "a" * 5_000, "0" * 32, "0" * 32 + ".a.b"])
def test_a_forged_link_is_a_404_with_a_way_on(client, token):
    page = client.get(f"/inkopsportalen/ansokan/fortsattning/{token}/")
    assert (page.status_code, url() in page.content.decode()) == (404, True)


def test_a_forged_link_of_a_real_one_is_refused(begun):
    link = mailed_link()
    assert Client().get(link[:-2] + ("A/" if link[-2] != "A" else "B/")).status_code == 404


def test_a_link_cannot_be_had_while_nothing_can_be_counted(client, monkeypatch):
    monkeypatch.setattr("django.core.cache.cache.incr", mock.Mock(side_effect=OSError))
    Window(client).write(company="Ljusgården AB", email="asa@example.org").save("started_link")
    assert (Letter.objects.count(), StartedApplication.objects.count()) == (0, 1)


def test_an_english_form_mails_in_english(client):
    client.post("/en/procurement-portal/application/started/link/", {"seen": "", "email": "asa@example.org"})
    letter = Letter.objects.get()
    assert (letter.language, "/en/procurement-portal/application/continued/" in letter.text) == ("en", True)
