"""One application open in several windows at once."""

import pytest
from PIL import Image

from pictures.models import Draft, Picture
from procurement_portal.models import Application, StartedApplication
from procurement_portal.models.started_application import same_pictures
from tests.pictures.factories import png_bytes, saved, upload, visitor
from tests.procurement_portal.windows import Window, complete, pictures, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhurried")]


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


def test_a_window_left_open_on_what_was_sent_writes_nothing_into_a_newer_one(client):
    left_open = Window(client).write(**complete())
    left_open.save(**pictures())
    Window(client).send()
    Window(client).write(company="Nyare AB").autosave()
    answer = left_open.write(description="För det första bolaget.").autosave()
    assert (answer.status_code, "redan skickad" in answer.json()["sentence"]) == (409, True)
    assert "Ett steg kvar" in left_open.send().content.decode()
    assert StartedApplication.objects.get().values == {"company": ["Nyare AB"]}
    assert client.get(url()).context["form"]["company"].value() == "Nyare AB"


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
