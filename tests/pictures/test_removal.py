"""The address that a saved picture is removed at while a form is filled in."""

import pytest
from django.test import Client
from django.urls import reverse

from pictures.models import Draft, Picture
from tests.pictures.factories import png_bytes
from tests.pictures.transfers import SLOT, transferred

pytestmark = pytest.mark.django_db

REMOVAL = "/bilder/borttagning/"


@pytest.fixture
def token(client) -> str:
    """Carries the draft that the client has uploaded."""
    transferred(client, png_bytes())
    return Draft.objects.get().token


def removed(client: Client, saved: str = "", slot: str | None = None):
    return client.post(REMOVAL, {"slot": SLOT.sign() if slot is None else slot, "saved": saved})


def test_its_address():
    assert reverse("pictures:removal") == REMOVAL


def test_a_saved_picture_is_removed_and_the_empty_widget_comes_back(client, token):
    response = removed(client, token)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    answer = response.json()
    assert answer["sentence"] == "Bilden är borttagen."
    assert 'name="logo-saved" value=""' in answer["html"]
    assert 'id="id_logo"' in answer["html"]
    assert "bild.png" not in answer["html"]
    assert (Picture.objects.count(), Draft.objects.count()) == (0, 0)


def test_once_more_removes_nothing_more_and_says_the_same(client, token):
    first = removed(client, token)
    transferred(client, png_bytes(), "en annan.png")
    assert removed(client, token).json()["sentence"] == first.json()["sentence"]
    assert [picture.name for picture in Picture.objects.all()] == ["en annan.png"]


@pytest.mark.parametrize("has_uploaded", [False, True])
def test_somebody_elses_is_left_alone(client, token, has_uploaded):
    other = Client()
    if has_uploaded:
        transferred(other, png_bytes(), "annans.png")
    assert removed(other, token).status_code == 200
    assert Draft.objects.filter(picture__name="bild.png").exists()


def test_one_in_use_is_left_alone(client, token):
    Picture.objects.get().claim("ansökan 1")
    assert removed(client, token).status_code == 200
    assert Picture.objects.get().claimed_for == "ansökan 1"


@pytest.mark.parametrize("saved", ["", "x", "\x00", "a:b", "9" * 5_000])
def test_a_forged_token_removes_nothing(client, token, saved):
    assert removed(client, saved).status_code == 200
    assert Picture.objects.count() == 1


@pytest.mark.parametrize("slot", ["", "x", "\x00", "a:b:c", "9" * 5_000])
def test_a_forged_slot_is_a_bad_request_with_a_sentence(client, token, slot):
    response = removed(client, token, slot)
    assert response.status_code == 400
    assert response.json()["sentence"] == "Sidan är för gammal. Ladda om den och välj bilden en gång till."
    assert Picture.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
def test_it_knows_no_other_verb(client, method):
    assert getattr(client, method)(REMOVAL).status_code == 405


def test_it_needs_the_csrf_token(client, token):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert removed(strict, token).status_code == 403
    assert Picture.objects.count() == 1
