import datetime
import re
import time
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from mailing.models import Letter
from merging import mark
from pictures.models import Draft, Picture
from pictures.sweep import Sweep
from procurement_portal.forms.application import ApplicationForm
from procurement_portal.models import Application, StartedApplication
from procurement_portal.models.started_application import same_pictures
from procurement_portal.tasks import sweep_unconfirmed
from tests.pictures.factories import png_bytes, saved, upload, visitor
from tests.pictures.transfers import transferred
from tests.procurement_portal.factories import form_data, ticket

pytestmark = pytest.mark.django_db
PICTURES = ("logo", "picture", "contact_picture")


def url(name: str = "apply", *arguments: str) -> str:
    return reverse(f"procurement_portal:{name}", args=arguments)


class Window:
    """A form open in a window of a browser: its fields as a person sees and changes them."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.show(client.get(url()))

    def show(self, response: Any) -> Any:
        """Take over what the page has in its fields."""
        form = (response.context or {}).get("form")
        if isinstance(form, ApplicationForm):
            page = response.content.decode()
            self.fields: dict[str, Any] = {}
            for bound in form:
                value = bound.value()
                if bound.name in PICTURES:
                    self.fields[f"{bound.name}-saved"] = value.token
                elif bound.name != "consent":
                    self.fields[bound.name] = value if value is not None else ""
            for name in ("ticket", "seen"):
                self.fields[name] = hidden(page, name)
        return response

    def write(self, **fields: Any) -> "Window":
        self.fields |= fields
        return self

    def autosave(self) -> Any:
        response = self.client.post(url("started"), self.fields, headers={"Accept": "application/json"})
        self.fields |= response.json().get("hidden", {})
        return response

    def save(self, name: str = "started", **more: Any) -> Any:
        return self.show(self.client.post(url(name), {**self.fields, **more}, follow=True))

    def send(self, **more: Any) -> Any:
        return self.show(self.client.post(url(), {**self.fields, "consent": "on", **more}, follow=True))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}"(?: value="([^"]*)")?', page)
    assert found, name
    return found[1] or ""


def complete(**changes: Any) -> dict[str, Any]:
    """What a person writes; no pictures, no hidden fields, no consent."""
    left_out = {"ticket", "nickname", "consent", *PICTURES}
    return {name: value for name, value in form_data(**changes).items() if name not in left_out}


def pictures() -> dict[str, Any]:
    return {
        "logo": upload(png_bytes(200, 100), "logotyp.png"),
        "picture": upload(png_bytes(540, 300), "bild.png"),
        "contact_picture": upload(png_bytes(200, 250), "kontakt.png"),
    }


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    monkeypatch.setattr("antispam.tickets.FILLED_IN_NO_FASTER_THAN", 0)


def test_the_first_field_is_kept_and_stands_there_when_they_come_back(client):
    answer = Window(client).write(company="Ljusgården AB").autosave()
    assert (answer.status_code, re.fullmatch(r"\d\d\.\d\d", answer.json()["saved_at"]) is not None) == (200, True)
    again = client.get(url())
    assert again.context["form"]["company"].value() == "Ljusgården AB"
    assert "Du började på den här ansökan" in again.content.decode()
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


def test_an_application_that_was_sent_is_not_begun_again_by_a_window_left_open(client):
    left_open = Window(client).write(**complete())
    left_open.autosave()
    Window(client).save(**pictures())
    Window(client).send()
    answer = left_open.write(company="Senare AB").autosave()
    assert (answer.status_code, "redan skickad" in answer.json()["sentence"]) == (409, True)
    assert "Ett steg kvar" in left_open.save().content.decode()
    assert "Ett steg kvar" in left_open.send().content.decode()
    assert (Application.objects.count(), StartedApplication.objects.count()) == (1, 0)


def test_three_windows_make_one_application(client):
    first, second, third = Window(client), Window(client), Window(client)
    first.write(company="Ljusgården AB").autosave()
    second.write(phone="070-174 06 05").autosave()
    third.write(website="ljusgarden.example.org").autosave()
    kept = StartedApplication.objects.get()
    assert kept.values == {
        "company": ["Ljusgården AB"], "phone": ["070-174 06 05"], "website": ["ljusgarden.example.org"],
    }  # fmt: skip
    assert {each.fields["ticket"].partition(".")[0] for each in (first, second, third)} == {kept.form_key.hex}


def test_a_later_save_does_not_wipe_what_another_window_wrote_since(client):
    older, newer = Window(client), Window(client)
    newer.write(company="Ljusgården AB", description="Vi lyser upp gårdar.").autosave()
    older.write(phone="070-174 06 05").autosave()
    older.write(phone="070-174 06 06").autosave()
    assert StartedApplication.objects.get().values == {
        "company": ["Ljusgården AB"], "description": ["Vi lyser upp gårdar."], "phone": ["070-174 06 06"],
    }  # fmt: skip


def test_two_who_write_in_the_same_field_are_asked_which(client):
    first, second = Window(client), Window(client)
    first.write(description="Vi lyser upp gårdar.").autosave()
    answer = second.write(description="Vi målar trapphus.", phone="070-174 06 05").autosave()
    assert (answer.status_code, answer.json()) == (409, {"conflict": "Beskrivning"})
    assert StartedApplication.objects.get().values["description"] == ["Vi lyser upp gårdar."]
    page = second.save()
    assert (page.status_code, set(page.context["form"].errors)) == (409, {"description"})
    assert "”Vi lyser upp gårdar.”" in page.context["form"].errors["description"][0]
    assert second.fields["description"] == "Vi målar trapphus."
    assert second.save().status_code == 200
    assert StartedApplication.objects.get().values == {
        "description": ["Vi målar trapphus."], "phone": ["070-174 06 05"],
    }  # fmt: skip


def test_nobody_sends_in_what_another_window_has_changed_since_without_reading_it(client):
    older = Window(client).write(**complete())
    older.save(**pictures())
    newer = Window(client).write(description="Nya ord.")
    newer.autosave()
    page = older.send()
    assert (page.status_code, set(page.context["form"].errors)) == (409, {"__all__"})
    assert "Beskrivning" in page.context["form"].errors["__all__"][0]
    assert (older.fields["description"], Application.objects.count()) == ("Nya ord.", 0)
    older.send()
    assert Application.objects.get().description == "Nya ord."


def test_a_picture_replaced_in_another_window_is_shown_in_this_one(client):
    older = Window(client)
    older.save(logo=upload(png_bytes(200, 100), "gammal.png"))
    newer = Window(client)
    newer.save(logo=upload(png_bytes(210, 100), "ny.png"))
    older.write(company="Ljusgården AB").save()
    form = client.get(url()).context["form"]
    assert (form["logo"].value().picture.name, form["company"].value()) == ("ny.png", "Ljusgården AB")
    assert Picture.objects.count() == 1


def test_two_clicks_on_a_form_with_files_that_is_not_right_are_no_two_opinions(client):
    window = Window(client).write(company="Ljusgården AB")
    once_more = dict(window.fields)
    window.send(**pictures())
    window.fields = once_more
    page = window.send(**pictures())
    assert (page.status_code, "picture" in page.context["form"].errors) == (400, False)
    assert len(StartedApplication.objects.get().pictures) == 3


@pytest.mark.parametrize(
    ("name", "width"), [("annan.png", 200), ("logotyp.png", 210)], ids=["another name", "another size"]
)
def test_two_windows_with_two_pictures_in_one_place_are_asked_which_before_either_is_rendered(client, name, width):
    first, second = Window(client), Window(client)
    first.save(logo=upload(png_bytes(200, 100), "logotyp.png"))
    page = second.save(logo=upload(png_bytes(width, 100), name))
    assert set(Picture.objects.values_list("state", "sha256")) == {("checking", "")}
    assert (page.status_code, page.context["form"].errors) == (
        409,
        {
            "logo": [
                (
                    "Logotyp är ändrat i ett annat fönster också. Det du valde här står kvar: "
                    "spara eller skicka igen om det är det som gäller."
                )
            ]
        },
    )
    assert page.context["form"]["logo"].value().picture.name == name
    second.save()
    assert client.get(url()).context["form"]["logo"].value().picture.width == width


def test_two_windows_with_the_same_picture_have_nothing_to_choose_between(client):
    first, second = Window(client), Window(client)
    for window in (first, second):
        page = window.save(logo=upload(png_bytes(200, 100), "logotyp.png"))
        assert (page.status_code, page.context["form"].errors) == (200, {})
    assert len(StartedApplication.objects.get().pictures) == 1


def test_two_pictures_that_differ_in_nothing_but_what_they_show_are_told_apart_once_both_are_rendered():
    drafts = [
        Draft.objects.store(upload(saved(Image.new("RGB", (200, 100), colour), "PNG", compress_level=0)),
                            name="logotyp.png", visitor=visitor())
        for colour in ("red", "blue")
    ]  # fmt: skip
    assert drafts[0].picture.size == drafts[1].picture.size
    for draft in drafts:
        draft.picture.render()
    first, second = ({"logo": [draft.token]} for draft in drafts)
    assert same_pictures(first, second) == {}


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
    assert client.get(url("started")).status_code == 302


def test_throwing_it_away_asks_first_and_takes_the_pictures(client, django_capture_on_commit_callbacks):
    Window(client).write(company="Ljusgården AB").save(logo=upload(png_bytes(200, 100), "logotyp.png"))
    assert "Ljusgården AB" in client.get(url("started_removal")).content.decode()
    assert StartedApplication.objects.count() == 1
    page = client.post(url("started_removal"), follow=True)
    assert "Här är ett tomt formulär." in page.content.decode()
    assert (StartedApplication.objects.count(), Picture.objects.count()) == (0, 0)
    assert client.post(url("started_removal")).status_code == 302
    assert client.delete(url("started_removal")).status_code == 405


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


# --- The link by e-mail --------------------------------------------------------------------------------------------


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
    other = Client()
    other.post(mailed_link())
    window = Window(other).write(**complete(email="asa@example.org"))
    files = pictures()
    del files["logo"]
    window.send(**files)
    application = Application.objects.get()
    assert (application.email, application.logo.name) == ("asa@example.org", "logotyp.png")
    assert other.get(mailed_link_of(begun)).status_code == 404


def mailed_link_of(window: Window) -> str:
    first = Letter.objects.order_by("pk").first()
    assert first
    found = re.search(r"https?://[^/]+(/\S+/)", first.text)
    assert found
    return found[1]


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
