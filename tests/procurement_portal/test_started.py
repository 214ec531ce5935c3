import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from mailing.models import Letter
from merging import mark
from pictures.models import Draft, Picture
from pictures.sweep import Sweep
from procurement_portal.models import Application, StartedApplication
from procurement_portal.tasks import sweep_unconfirmed
from tests.pictures.factories import png_bytes, upload
from tests.pictures.transfers import transferred
from tests.procurement_portal.factories import ticket
from tests.procurement_portal.windows import Window, complete, hidden, pictures, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhurried")]


def test_the_first_field_is_kept_and_stands_there_when_they_come_back(client):
    answer = Window(client).write(company="Ljusgården AB").autosave()
    assert (answer.status_code, re.fullmatch(r"\d\d\.\d\d", answer.json()["saved_at"]) is not None) == (200, True)
    again = client.get(url())
    assert again.context["form"]["company"].value() == "Ljusgården AB"
    assert "Du började på den här ansökan" in again.content.decode()
    assert "dina bilder också" not in again.content.decode()
    assert again.context["form"].errors == {}
    assert (Application.objects.count(), Letter.objects.count()) == (0, 0)


def test_what_is_wrong_is_kept_too_and_nothing_is_said_about_it(client):
    written = {"phone": "hej", "organisation_number": "55", "website": "x y", "email": "@", "description": "å" * 2_500}
    assert Window(client).write(**written).autosave().status_code == 200
    form = client.get(url()).context["form"]
    assert {name: form[name].value() for name in written} == written
    assert form.errors == {}


def test_an_empty_form_leaves_nothing(client):
    assert Window(client).autosave().status_code == 200
    assert StartedApplication.objects.count() == 0
    assert "sessionid" not in client.cookies


def test_opening_the_form_writes_nothing(client):
    Window(client).write(company="Ljusgården AB").autosave()
    before = list(StartedApplication.objects.values())
    client.get(url())
    client.get(url("started_removal"))
    assert list(StartedApplication.objects.values()) == before


def test_consent_and_traps_are_never_kept(client):
    Window(client).write(company="Ljusgården AB", consent="on", nickname="robot").autosave()
    assert StartedApplication.objects.get().values == {"company": ["Ljusgården AB"]}
    assert client.get(url()).context["form"]["consent"].value() is False


def test_without_a_script_the_second_button_keeps_everything_also_chosen_pictures(client):
    window = Window(client).write(company="Ljusgården AB", regions=["skane", "gotland"])
    page = window.save(logo=upload(png_bytes(200, 100), "logotyp.png"))
    assert "Sparat. Du kan stänga fönstret" in page.content.decode()
    form = client.get(url()).context["form"]
    assert (form["company"].value(), form["regions"].value()) == ("Ljusgården AB", ["skane", "gotland"])
    assert form["logo"].value().picture.name == "logotyp.png"
    assert "dina bilder också" in client.get(url()).content.decode()


def test_a_form_that_is_not_right_is_kept_as_it_was_sent(client):
    response = Window(client).write(company="Ljusgården AB", phone="hej").send()
    assert response.status_code == 400
    assert client.get(url()).context["form"]["phone"].value() == "hej"


def test_a_picture_that_cannot_be_used_is_said_and_the_rest_is_kept(client):
    page = Window(client).write(company="Ljusgården AB").save(picture=upload(png_bytes(539, 300), "smal.png"))
    assert (page.status_code, set(page.context["form"].errors)) == (400, {"picture"})
    assert StartedApplication.objects.get().values == {"company": ["Ljusgården AB"]}


def test_what_was_begun_is_sent_in_later_and_is_gone_then(client):
    Window(client).write(**complete()).save(**pictures())
    later = Window(client)
    response = later.send()
    assert "Ett steg kvar" in response.content.decode()
    assert [each.picture.name for each in Application.objects.get().enclosures] == [
        "logotyp.png", "bild.png", "kontakt.png",
    ]  # fmt: skip
    assert (StartedApplication.objects.count(), Draft.objects.count()) == (0, 0)
    assert Window(client).fields["company"] == ""


def test_a_session_that_is_over_loses_nothing_in_an_open_window(client):
    window = Window(client).write(**complete())
    window.save(**pictures())
    client.cookies.clear()
    window.write(description="Skrivet efteråt.").autosave()
    assert StartedApplication.objects.get().values["description"] == ["Skrivet efteråt."]
    client.cookies.clear()
    window.send()
    application = Application.objects.get()
    assert (application.description, application.logo.name) == ("Skrivet efteråt.", "logotyp.png")


def test_the_first_words_and_the_first_picture_at_once_without_a_session_belong_together(client):
    window = Window(client).write(company="Ljusgården AB")
    form = client.get(url()).context["form"]
    window.fields["ticket"] = form.initial["ticket"]
    other = Client()
    assert transferred(other, png_bytes(200, 100), "logotyp.png", form["logo"].slot).status_code == 201
    window.autosave()
    window.write(**{"logo-saved": Draft.objects.get().token}).autosave()
    assert len(StartedApplication.objects.get().pictures) == 1
    assert client.get(url()).context["form"]["logo"].value().picture.name == "logotyp.png"


def test_nobody_elses_picture_is_kept(client):
    other = Window(Client())
    other.save(logo=upload(png_bytes(200, 100), "annans.png"))
    stolen = other.fields["logo-saved"]
    thief = Window(client).write(company="Tjuv AB", **{"logo-saved": stolen})
    thief.autosave()
    mine = StartedApplication.objects.get(values__company=["Tjuv AB"])
    assert "logo" not in mine.values
    thief.write(seen=f"logo.{mark([stolen])}", **{"logo-saved": stolen}).autosave()
    mine.refresh_from_db()
    assert "logo" not in mine.values
    assert other.client.get(url()).context["form"]["logo"].value().picture.name == "annans.png"


def test_nobody_else_sees_it(client):
    Window(client).write(company="Ljusgården AB").autosave()
    assert "Ljusgården AB" not in Client().get(url()).content.decode()
    assert "Ljusgården AB" not in Client().get(url("started_removal"), follow=True).content.decode()


def test_the_page_is_kept_by_no_shared_cache(client):
    Window(client).write(company="Ljusgården AB").autosave()
    assert "private" in client.get(url())["Cache-Control"]


def test_a_reload_of_what_was_saved_leads_to_the_form(client):
    response = client.get(url("started"))
    assert (response.status_code, response["Location"]) == (302, url())


def test_throwing_it_away_asks_first_and_takes_the_pictures(client, django_capture_on_commit_callbacks):
    Window(client).write(company="Ljusgården AB").save(logo=upload(png_bytes(200, 100), "logotyp.png"))
    assert "Ljusgården AB" in client.get(url("started_removal")).content.decode()
    assert StartedApplication.objects.count() == 1
    asked = {"ticket": hidden(client.get(url("started_removal")).content.decode(), "ticket")}
    page = client.post(url("started_removal"), asked, follow=True)
    assert ("Det är borta." in page.content.decode(), page.context["form"]["company"].value()) == (True, None)
    assert (StartedApplication.objects.count(), Picture.objects.count()) == (0, 0)
    assert client.post(url("started_removal"), asked).status_code == 302
    assert client.delete(url("started_removal")).status_code == 405


def test_only_what_the_page_has_shown_is_thrown_away(client):
    Window(client).write(company="Ljusgården AB", email="asa@example.org").autosave()
    shown = {"ticket": hidden(client.get(url("started_removal")).content.decode(), "ticket")}
    other = Window(Client()).write(company="Annat AB")
    other.autosave()
    client.post(StartedApplication.objects.get(values__company=["Annat AB"]).get_continuation_url())
    for _ in range(2):
        page = client.post(url("started_removal"), shown, follow=True)
        assert page.context["form"]["company"].value() == "Annat AB"
    assert client.post(url("started_removal")).status_code == 302
    assert [each.company for each in StartedApplication.objects.all()] == ["Annat AB"]


@pytest.mark.parametrize(
    ("written", "status"),
    [({"description": "å" * 40_001}, 400), ({"description": "å" * 39_999}, 200), ({"company": "a\x00b"}, 200)],
)
def test_there_is_an_end_to_what_is_kept(client, written, status):
    assert Window(client).write(**written).autosave().status_code == status


def test_a_text_that_is_too_long_to_keep_stays_on_the_screen(client):
    page = Window(client).write(description="å" * 40_001).save()
    assert (page.status_code, "å" * 40_001 in page.content.decode()) == (400, True)
    assert "mer text än vi kan spara" in page.content.decode()
    assert Window(client).write(description="å" * 40_001).send().status_code == 400


def test_a_network_begins_only_so_many(client, settings):
    settings.STARTED_APPLICATIONS_PER_HOUR = 1
    Window(client).write(company="Ljusgården AB").autosave()
    other = Window(Client()).write(company="Annat AB")
    answer = other.autosave()
    assert (answer.status_code, "ditt nätverk" in answer.json()["sentence"]) == (429, True)
    assert (other.save().status_code, other.fields["company"]) == (429, "Annat AB")
    assert Window(client).write(phone="070").autosave().status_code == 200, "What is begun goes on."


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "\x00"])
def test_a_form_without_its_ticket_is_kept_all_the_same(client, forged):
    assert Window(client).write(company="Ljusgården AB", ticket=forged).autosave().status_code == 200
    assert client.get(url()).context["form"]["company"].value() == "Ljusgården AB"


def test_an_old_window_is_kept_and_can_still_be_sent(client):
    window = Window(client).write(**complete()).write(ticket=ticket(age=8 * 24 * 3600))
    window.save(**pictures())
    assert window.send().status_code == 200
    assert Application.objects.count() == 1


def test_what_nobody_goes_on_with_is_forgotten_after_thirty_days(client, django_capture_on_commit_callbacks):
    Window(client).write(company="Ljusgården AB").save(logo=upload(png_bytes(200, 100), "logotyp.png"))
    later = timezone.now() - datetime.timedelta(days=29)
    StartedApplication.objects.update(saved_at=later)
    Picture.objects.update(uploaded_at=later)
    with django_capture_on_commit_callbacks(execute=True):
        Sweep().remove_old_drafts()
        sweep_unconfirmed()
    assert (StartedApplication.objects.count(), Picture.objects.count()) == (1, 1)
    StartedApplication.objects.update(saved_at=timezone.now() - datetime.timedelta(days=30, minutes=1))
    sweep_unconfirmed()
    assert (StartedApplication.objects.count(), Picture.objects.count()) == (0, 0)


def test_a_wrong_method_is_refused(client):
    assert client.delete(url("started")).status_code == 405
    assert client.get(url("started_here")).status_code == 405


def test_saving_needs_the_forms_own_token():
    assert Client(enforce_csrf_checks=True).post(url("started"), {}).status_code == 403
