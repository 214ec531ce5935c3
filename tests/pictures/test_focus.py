"""What matters most in a picture: chosen among nine parts by its owner, and still seen where the picture is cropped."""

import re
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import IntegrityError, transaction
from django.template import Context, Template
from django.urls import reverse

from pictures.models import Focus, Picture
from pictures.slots import Slot
from tests.pictures.factories import png_bytes, ready_picture, upload, visitor
from tests.pictures.host import HostForm
from tests.pictures.transfers import transferred

pytestmark = pytest.mark.django_db


def host(data=None, files=None, **more) -> HostForm:
    more.setdefault("visitor", visitor())
    return HostForm(data, files, **more)


def checked(form: HostForm) -> list[str]:
    return re.findall(r'name="portrait-focus" value="([a-z-]+)"[^>]* checked', str(form["portrait"]))


@pytest.fixture
def portrait() -> Picture:
    return ready_picture(focus="top")


def edited(portrait: Picture, **data) -> HostForm:
    logo = ready_picture()
    return host({"company": "Bygg AB", **data}, initial={"logo": logo, "portrait": portrait})


def test_a_picture_that_will_be_cropped_asks_for_it_and_others_do_not(portrait):
    form = host(initial={"logo": ready_picture(), "portrait": portrait})
    assert "Vad är viktigast i bilden?" in str(form["portrait"])
    assert str(form["portrait"]).count('type="radio"') == 9
    assert checked(form) == ["top"]
    assert "radio" not in str(form["logo"])


def test_an_empty_slot_asks_for_nothing():
    assert "radio" not in str(host()["portrait"])


def test_the_choice_is_kept_with_the_form(portrait):
    form = edited(portrait, **{"portrait-focus": "bottom-right"})
    assert form.is_valid()
    assert form.changed_data == ["company", "portrait"]
    portrait.refresh_from_db()
    assert portrait.focus == "top"
    form.claim_pictures("host 1")
    portrait.refresh_from_db()
    assert portrait.focus == "bottom-right"


def test_an_error_elsewhere_keeps_the_choice_on_the_page_and_changes_nothing(portrait):
    form = edited(portrait, company="", **{"portrait-focus": "left"})
    assert not form.is_valid()
    assert checked(form) == ["left"]
    portrait.refresh_from_db()
    assert portrait.focus == "top"


@pytest.mark.parametrize("nonsense", ["", "middle", "\x00", "top-left;", "9" * 5_000])
def test_nonsense_chooses_nothing(portrait, nonsense):
    form = edited(portrait, **{"portrait-focus": nonsense})
    assert form.is_valid()
    form.claim_pictures("host 1")
    portrait.refresh_from_db()
    assert portrait.focus == "top"


def test_a_new_picture_begins_in_the_middle_whatever_the_old_one_had(portrait):
    who = visitor()
    form = host(
        {"upload_portrait": "1", "portrait-focus": "top"}, {"portrait": upload(png_bytes())},
        visitor=who, initial={"portrait": portrait},
    )  # fmt: skip
    assert form.errors == {}
    assert checked(form) == ["center"]


def test_a_refused_upload_keeps_what_was_chosen_for_the_picture_that_stays(portrait):
    data = {"upload_portrait": "1", "portrait-saved": str(portrait.pk), "portrait-focus": "left"}
    form = host(data, {"portrait": upload(png_bytes(10, 10))}, initial={"portrait": portrait})
    assert list(form.errors) == ["portrait"]
    assert checked(form) == ["left"]


def test_a_picture_sent_while_filling_in_comes_back_with_the_question(client):
    slot = Slot("portrait", "id_portrait", "Porträtt", 200, "sv", crops=True)
    assert transferred(client, png_bytes(), slot=slot).json()["html"].count('name="portrait-focus"') == 9
    slot = Slot("portrait", "id_portrait", "Porträtt", 200, "sv")
    assert "portrait-focus" not in transferred(client, png_bytes(), slot=slot).json()["html"]


def test_a_page_says_it_only_where_it_matters(portrait):
    def drawn(picture):
        return Template("{% load pictures %}{% picture picture %}").render(Context({"picture": picture}))

    assert 'data-focus="top"' in drawn(portrait)
    assert "data-focus" not in drawn(ready_picture())


def test_every_part_but_the_middle_has_its_place_in_the_style_sheet():
    css = (Path(project.BASE_DIR) / "static/css/components/pictures.css").read_text()
    places = dict(re.findall(r'\[data-focus="([a-z-]+)"\] \{ object-position: ([a-z ]+); \}', css))
    assert set(places) == {focus.value for focus in Focus} - {"center"}
    for part, place in places.items():
        assert all(word in place for word in part.split("-")), part


def test_a_row_cannot_hold_a_tenth():
    picture = ready_picture()
    with pytest.raises(ValueError, match="tenth"):
        picture.focus_on("tenth")
    with pytest.raises(IntegrityError), transaction.atomic():
        Picture.objects.filter(pk=picture.pk).update(focus="tenth")


def test_a_lab_shows_its_picture_where_its_lead_wants_it(lead_client, lab, client):
    lab.change(by=lab.memberships.get().user, picture=ready_picture(width=1000, height=800))
    data = {
        "challenge": lab.challenge, "description": lab.description, "picture-saved": str(lab.picture_id),
        "alt": "Ett hus", "picture-focus": "bottom", "focus_areas": [area.pk for area in lab.focus_areas.all()],
        "starts_on": "2018-01-01", "state": lab.state,
    }  # fmt: skip
    response = lead_client.post(reverse("labs:edit", args=[lab.slug]), data)
    assert response.status_code == 302, response.context["form"].errors
    assert 'data-focus="bottom"' in client.get(lab.get_absolute_url()).text
