"""A picture in somebody's form: stored before the rest is looked at, kept through errors, bound to its visitor."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from pictures.models import AlreadyClaimed, Draft, Picture
from pictures.visitors import Visitor
from tests.pictures.factories import jpeg_bytes, kept_picture, png_bytes, ready_picture, upload, visitor
from tests.pictures.host import HostForm
from tests.pictures.transfers import transferred

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.pictures.host")]


@pytest.fixture(autouse=True)
def host_templates(settings):
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]}
    ]


def token(response) -> str:
    return response.context["form"]["logo"].value().token


def test_looking_at_a_form_stores_nothing_and_sets_no_cookie(client):
    response = client.get("/host/")
    assert response.status_code == 200
    assert "sessionid" not in response.cookies


def test_a_valid_picture_is_stored_although_another_field_is_missing(client):
    response = client.post("/host/", {"logo": upload(png_bytes(), "logga.png")})
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["company"]
    assert "logga.png" in response.text
    assert "640 × 480 pixlar" in response.text
    assert Draft.objects.get().picture.name == "logga.png"


def test_and_then_the_form_can_be_sent_without_choosing_it_again(client):
    first = client.post("/host/", {"logo": upload(png_bytes(), "logga.png")})
    picture = Picture.objects.get()
    second = client.post("/host/", {"company": "Bygg AB", "logo-saved": token(first)})
    assert second.text == f"tack {picture.pk}"
    picture.refresh_from_db()
    assert (picture.claimed_for, Draft.objects.count()) == ("host 1: Logotyp", 0)


def test_each_picture_has_its_own_verdict(client):
    files = {"logo": upload(png_bytes(180, 90)), "portrait": upload(jpeg_bytes(600, 600), "jag.jpg")}
    response = client.post("/host/", {"company": "Bygg AB", **files})
    form = response.context["form"]
    assert response.status_code == 400
    assert form.errors == {"logo": ["Bilden är 180 pixlar bred; den behöver vara minst 200."]}
    assert form["portrait"].value().picture.name == "jag.jpg"
    assert form["company"].value() == "Bygg AB"


def test_a_required_picture_is_asked_for(client):
    response = client.post("/host/", {"company": "Bygg AB"})
    assert response.context["form"].errors == {"logo": ["Här behövs en bild, och ingen är vald."]}


def test_the_upload_button_stores_and_shows_no_other_errors(client):
    response = client.post("/host/", {"company": "", "logo": upload(png_bytes(), "logga.png"), "upload_logo": "1"})
    assert response.status_code == 200
    assert response.context["form"].errors == {}
    assert "logga.png" in response.text


def test_the_upload_button_of_one_picture_takes_the_other_chosen_one_too(client):
    files = {"logo": upload(png_bytes()), "portrait": upload(png_bytes(100, 100))}
    response = client.post("/host/", {"company": "Bygg AB", "upload_logo": "1", **files})
    form = response.context["form"]
    assert response.status_code == 400
    assert form.errors == {"portrait": ["Bilden är 100 pixlar bred; den behöver vara minst 540."]}
    assert form["logo"].value().picture is not None
    assert form["company"].value() == "Bygg AB"


def test_the_upload_button_without_a_file_never_sends_the_form(client):
    stored = client.post("/host/", {"logo": upload(png_bytes()), "upload_logo": "1"})
    response = client.post("/host/", {"company": "Bygg AB", "logo-saved": token(stored), "upload_logo": "1"})
    assert response.status_code == 400
    assert response.context["form"].errors == {"logo": ["Välj en bild först och tryck sedan på Ladda upp."]}
    assert Draft.objects.count() == 1


def test_the_remove_button_deletes_the_draft_and_its_file(client, django_capture_on_commit_callbacks):
    stored = client.post("/host/", {"logo": upload(png_bytes()), "upload_logo": "1"})
    path = Path(Picture.objects.get().original.path)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/host/", {"logo-saved": token(stored), "remove_logo": "1"})
    assert response.status_code == 200
    assert response.context["form"].errors == {}
    assert token(response) == ""
    assert not Picture.objects.exists()
    assert not path.exists()


def test_a_new_file_replaces_the_stored_one(client):
    first = client.post("/host/", {"logo": upload(png_bytes(), "en.png"), "upload_logo": "1"})
    client.post("/host/", {"logo": upload(png_bytes(), "två.png"), "logo-saved": token(first), "upload_logo": "1"})
    assert [picture.name for picture in Picture.objects.all()] == ["två.png"]


def test_a_refused_file_leaves_the_stored_one(client):
    first = client.post("/host/", {"logo": upload(png_bytes(), "en.png"), "upload_logo": "1"})
    files = {"logo": upload(png_bytes(10, 10)), "logo-saved": token(first)}
    response = client.post("/host/", {"company": "Bygg AB", **files})
    assert response.context["form"].errors == {"logo": ["Bilden är 10 pixlar bred; den behöver vara minst 200."]}
    assert token(response) == token(first)


@pytest.mark.parametrize("forged", ["", "x", "x:y", "\x00", "a" * 10_000, "%(pk)s", "%(pk)s:", "%(pk)s:forged"])
def test_a_forged_id_is_as_if_absent(client, forged):
    client.post("/host/", {"logo": upload(png_bytes()), "upload_logo": "1"})
    picture = Picture.objects.get()
    response = client.post("/host/", {"company": "Bygg AB", "logo-saved": forged % {"pk": picture.pk}})
    assert response.status_code == 400
    assert response.context["form"].errors == {"logo": ["Här behövs en bild, och ingen är vald."]}


def test_somebody_elses_id_is_as_if_absent(client):
    stored = client.post("/host/", {"logo": upload(png_bytes()), "upload_logo": "1"})
    response = Client().post("/host/", {"company": "Bygg AB", "logo-saved": token(stored)})
    assert response.context["form"].errors == {"logo": ["Här behövs en bild, och ingen är vald."]}
    response = Client().post("/host/", {"logo-saved": token(stored), "remove_logo": "1"})
    assert Picture.objects.count() == 1


def test_a_claimed_picture_cannot_be_carried_into_another_form(client):
    stored = client.post("/host/", {"logo": upload(png_bytes()), "upload_logo": "1"})
    data = {"company": "Bygg AB", "logo-saved": token(stored)}
    assert client.post("/host/", data).status_code == 200
    assert client.post("/host/", data).status_code == 400


def test_a_draft_too_narrow_for_another_field_is_refused_there(client):
    stored = client.post("/host/", {"logo": upload(png_bytes(300, 300)), "upload_logo": "1"})
    data = {"company": "Bygg AB", "logo-saved": token(stored), "portrait-saved": token(stored)}
    response = client.post("/host/", data)
    assert response.context["form"].errors == {"portrait": ["Bilden är 300 pixlar bred; den behöver vara minst 540."]}


def test_a_draft_that_was_rejected_meanwhile_is_told_of(client):
    stored = client.post("/host/", {"logo": upload(png_bytes(), "trasig.png"), "upload_logo": "1"})
    Picture.objects.get().reject("unreadable")
    response = client.post("/host/", {"company": "Bygg AB", "logo-saved": token(stored)})
    assert response.context["form"].errors == {
        "logo": [
            (
                "Bilden trasig.png kunde inte tas med: filen är skadad eller något annat än den utger sig för "
                "att vara. Välj en annan."
            )
        ]
    }
    assert token(response) == ""


def host(data=None, files=None, **kwargs) -> HostForm:
    kwargs.setdefault("visitor", visitor())
    return HostForm(data, files, **kwargs)


def test_an_object_keeps_the_picture_it_has():
    picture = ready_picture()
    for initial in (picture, picture.pk):
        form = host({"company": "Bygg AB"}, initial={"logo": initial})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["logo"] == picture
    form = host({"company": "Bygg AB", "logo-saved": str(picture.pk)}, initial={"logo": picture})
    assert form.is_valid()
    assert "logo" not in form.changed_data


def test_an_object_whose_picture_was_removed_needs_another():
    form = host({"company": "Bygg AB", "logo-saved": ""}, initial={"logo": ready_picture()})
    assert form.errors == {"logo": ["Här behövs en bild, och ingen är vald."]}


def test_an_object_whose_picture_was_rejected_is_told_so():
    picture = kept_picture(name="trasig.png", state="rejected", reason="unreadable")
    form = host({"company": "Bygg AB", "logo-saved": str(picture.pk)}, initial={"logo": picture})
    assert "trasig.png" in form.errors["logo"][0]
    assert "trasig.png" in str(host(initial={"logo": picture})["logo"])


def test_another_objects_picture_cannot_be_taken_by_its_key():
    other = ready_picture()
    form = host({"company": "Bygg AB", "logo-saved": str(other.pk)}, initial={"logo": ready_picture()})
    assert form.errors == {"logo": ["Här behövs en bild, och ingen är vald."]}


def test_a_prefixed_form_keeps_its_pictures_apart():
    who = visitor()
    form = host(
        {"a-company": "Bygg AB", "upload_a-logo": "1"}, {"a-logo": upload(png_bytes())}, visitor=who, prefix="a"
    )
    assert form.errors == {}
    assert not form.is_valid()
    carried = {"a-company": "Bygg AB", "a-logo-saved": form["logo"].value().token}
    assert host(carried, visitor=who, prefix="a").is_valid()
    assert not host(carried, visitor=who, prefix="b").is_valid()


def test_enter_presses_the_default_button_first():
    html = str(host())
    assert html.index("visually-hidden") < html.index('name="upload_logo"')


def test_a_picture_belongs_to_one_object():
    picture = kept_picture()
    picture.claim("application 1")
    picture.claim("application 1")
    with pytest.raises(AlreadyClaimed):
        picture.claim("application 2")


def test_a_picture_nobody_uses_is_discarded_with_its_files(django_capture_on_commit_callbacks):
    picture = kept_picture()
    with django_capture_on_commit_callbacks(execute=True):
        assert picture.discard()
    assert not Picture.objects.exists()
    assert not Path(picture.original.path).exists()


def test_one_that_has_been_claimed_meanwhile_is_not_discarded():
    picture = kept_picture()
    Picture.objects.get().claim("application 1")
    assert not picture.discard()
    assert Picture.objects.get().claimed_for == "application 1"


def test_one_that_is_gone_already_is_discarded_in_peace():
    picture = kept_picture()
    Picture.objects.all().delete()
    assert not picture.discard()


def test_claim_pictures_leaves_the_ones_the_object_had():
    picture = ready_picture(claimed_for="older")
    form = host({"company": "Bygg AB"}, initial={"logo": picture})
    assert form.is_valid()
    form.claim_pictures("host 2")
    picture.refresh_from_db()
    assert picture.claimed_for == "older"


def test_open_drafts_have_a_limit(settings):
    settings.PICTURES_OPEN_DRAFTS = 2
    who = visitor()
    for _ in range(2):
        assert host({"upload_logo": "1"}, {"logo": upload(png_bytes())}, visitor=who).errors == {}
    form = host({"upload_logo": "1"}, {"logo": upload(png_bytes())}, visitor=who)
    assert form.errors == {
        "logo": [
            (
                "Du har redan 2 bilder som väntar, och fler kan vi inte spara åt dig. Skicka in det de hör till eller "
                "ta bort någon av dem, och välj bilden igen; det du har sparat finns kvar."
            )
        ]
    }
    assert Picture.objects.count() == 2


def test_uploads_an_hour_from_one_network_have_a_limit(settings):
    settings.PICTURES_UPLOADS_PER_HOUR = 1
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "quota"}}
    for count in (0, 1, 1):
        someone = Visitor({}, "192.0.2.7")
        errors = host({"upload_logo": "1"}, {"logo": upload(png_bytes())}, visitor=someone).errors
        assert len(errors) == count


def test_a_cache_that_is_down_keeps_nobody_out(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    form = host({"upload_logo": "1"}, {"logo": upload(png_bytes())}, visitor=Visitor({}, "192.0.2.8"))
    assert form.errors == {}


def test_two_first_uploads_at_once_belong_to_the_same_visitor(client):
    """Neither has a session yet; the cookie of the one that is answered last is the one that stays."""
    form = client.get("/host/").context["form"]
    widgets = {}
    for name in ("logo", "portrait"):
        browser = Client()
        widgets[name] = transferred(browser, png_bytes(), f"{name}.png", form[name].slot).json()["html"]
    carried = {f"{name}-saved": re.search(r'-saved" value="([^"]+)"', html)[1] for name, html in widgets.items()}
    assert browser.post("/host/", {"company": "Bygg AB", **carried}).status_code == 200
    assert Draft.objects.count() == 0


def test_a_form_gone_on_with_in_another_browser_brings_its_drafts():
    first, second, third = visitor(), visitor(), visitor()
    draft = Draft.objects.store(upload(png_bytes()), name="logga.png", visitor=first)
    until = timezone.now() + timedelta(days=30)
    Draft.objects.hand_over([draft.token, "forged", ""], to=second, until=until)
    assert Draft.objects.carried(draft.token, second) == draft
    assert (Draft.objects.carried(draft.token, first), Draft.objects.carried(draft.token, third)) == (None, None)
    assert Draft.objects.get().kept_until == until


def test_a_picture_in_use_is_handed_to_nobody():
    draft = Draft.objects.store(upload(png_bytes()), name="logga.png", visitor=visitor())
    draft.picture.claim("application 1")
    second = visitor()
    Draft.objects.hand_over([draft.token], to=second, until=timezone.now())
    assert Draft.objects.carried(draft.token, second) is None
