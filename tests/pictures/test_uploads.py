"""The handler that takes files in, and the address pictures are sent to while a form is filled in."""

import hashlib
import io
import json
from pathlib import Path

import pytest
from django.test import Client, RequestFactory

from pictures import inspection, limits, middleware, refusals, uploads
from pictures.limits import MAX_BYTES
from pictures.models import Draft, Picture
from pictures.slots import Slot
from pictures.uploads import OverlongUpload, SpoolingUploadHandler
from tests.pictures.factories import jpeg_bytes, png_bytes, upload

SLOT = Slot("logo", "id_logo", "Logotyp", 200, "sv")


def taken(pieces, name="bild.png"):
    """What the handler makes of a file that comes in these pieces."""
    handler = SpoolingUploadHandler()
    handler.new_file("logo", name, "image/png", None)
    for piece in pieces:
        assert handler.receive_data_chunk(piece, 0) is None
    return handler.file_complete(0)


def spooled() -> list[Path]:
    return list(uploads.spool_dir().iterdir())


def test_a_small_file_stays_in_memory_and_is_hashed_on_its_way():
    file = taken([b"ab", b"c"])
    assert (file.read(), file.size, file.sha256) == (b"abc", 3, hashlib.sha256(b"abc").hexdigest())
    assert spooled() == []


def test_a_larger_file_goes_to_disk_and_leaves_with_the_request():
    pieces = [bytes([number]) * 50_000 for number in range(4)]
    file = taken(pieces)
    assert (file.size, file.sha256) == (200_000, hashlib.sha256(b"".join(pieces)).hexdigest())
    assert [str(path) for path in spooled()] == [file.temporary_file_path()]
    assert file.read() == b"".join(pieces)
    file.close()
    assert spooled() == []


def test_exactly_the_limit_is_kept_and_one_byte_more_is_only_counted(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 200_000)
    kept = taken([bytes(100_000)] * 2)
    assert (kept.size, len(kept.read())) == (200_000, 200_000)
    kept.close()
    refused = taken([bytes(100_000), bytes(100_000), b"x", bytes(100_000)])
    assert refused.size == 300_001
    assert spooled() == []


def test_nobody_can_mistake_an_overlong_file_for_its_content(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    for read in (lambda file: file.read(), lambda file: list(file.chunks()), lambda file: file.seek(0)):
        with pytest.raises(OverlongUpload):
            read(taken([bytes(11)]))


def test_the_limit_is_200_mib():
    assert MAX_BYTES == 200 * 1024 * 1024 == 209_715_200


def test_an_interrupted_upload_leaves_nothing():
    handler = SpoolingUploadHandler()
    handler.new_file("logo", "a.png", "image/png", None)
    handler.receive_data_chunk(bytes(100_000), 0)
    assert len(spooled()) == 1
    handler.upload_interrupted()
    assert spooled() == []


@pytest.mark.django_db
def test_a_spooled_file_is_stored_by_renaming_it(client):
    content = png_bytes(900, 900, compress_level=0)
    assert len(content) > uploads.SMALL
    assert send(client, upload(content)).status_code == 201
    picture = Picture.objects.get()
    assert picture.original.read() == content
    assert picture.sha256 == hashlib.sha256(content).hexdigest()
    assert spooled() == []


# --- The address ---------------------------------------------------------------------------------------------------


def send(client, file, slot=None, **more):
    return client.post("/bilder/uppladdning/", {"slot": (slot or SLOT).sign(), "file": file, **more})


@pytest.mark.django_db
class TestUpload:
    def test_a_valid_picture_becomes_a_draft_and_the_widget_comes_back(self, client):
        response = send(client, upload(png_bytes(), "logga.png"))
        answer = json.loads(response.content)
        draft = Draft.objects.get()
        assert response.status_code == 201
        assert answer["sentence"].startswith("logga.png är sparad: 640 × 480 pixlar")
        assert f'name="logo-saved" value="{draft.token}"' in answer["html"]
        assert 'id="id_logo"' in answer["html"]
        assert response["Cache-Control"] == "no-store"

    def test_it_answers_in_the_language_of_the_page(self, client):
        response = send(client, upload(png_bytes(10, 10)), Slot("logo", "id_logo", "Logo", 200, "en"))
        assert response.json()["sentence"] == "The picture is 10 pixels wide; it needs to be at least 200."

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b"", "a.png"),
            (png_bytes(180, 90), "a.png"),
            (jpeg_bytes(), "a.png"),
            (b"<svg/>", "a.png"),
            (b"MZ", "a.exe"),
        ],
    )
    def test_a_refused_one_gets_the_forms_sentence_and_400(self, client, content, name):
        response = send(client, upload(content, name))
        assert response.status_code == 400
        assert response.json()["html"] == ""
        assert response.json()["sentence"].endswith((".", "den först.", "minst 200."))
        assert not Picture.objects.exists()

    def test_one_over_the_limit_gets_413_with_its_size(self, client, monkeypatch):
        for module in (uploads, inspection, refusals):
            monkeypatch.setattr(module, "MAX_BYTES", 100_000)
        response = send(client, upload(png_bytes(900, 900, compress_level=0)))
        assert response.status_code == 413
        assert "vi kan ta emot högst 100\xa0000 byte" in response.json()["sentence"]

    def test_too_many_get_429(self, client, settings):
        settings.PICTURES_OPEN_DRAFTS = 1
        assert send(client, upload(png_bytes())).status_code == 201
        response = send(client, upload(png_bytes()))
        assert (response.status_code, response["Retry-After"]) == (429, "3600")

    def test_a_new_one_replaces_the_draft_it_names(self, client):
        send(client, upload(png_bytes(), "en.png"))
        send(client, upload(png_bytes(), "två.png"), saved=Draft.objects.get().token)
        assert [picture.name for picture in Picture.objects.all()] == ["två.png"]

    def test_it_cannot_replace_somebody_elses(self, client):
        send(client, upload(png_bytes(), "min.png"))
        send(Client(), upload(png_bytes(), "din.png"), saved=Draft.objects.get().token)
        assert Picture.objects.count() == 2

    @pytest.mark.parametrize("slot", ["", "x", "\x00", "a:b:c", "9" * 5000])
    def test_a_forged_slot_is_a_bad_request(self, client, slot):
        response = client.post("/bilder/uppladdning/", {"slot": slot, "file": upload(png_bytes())})
        assert response.status_code == 400
        assert not Picture.objects.exists()

    def test_no_file_is_a_bad_request(self, client):
        assert client.post("/bilder/uppladdning/", {"slot": SLOT.sign()}).status_code == 400
        assert client.post("/bilder/uppladdning/", {"slot": SLOT.sign(), "file": "text"}).status_code == 400

    def test_only_post_is_allowed(self, client):
        assert client.get("/bilder/uppladdning/").status_code in (400, 405)

    def test_it_needs_the_csrf_token(self):
        assert send(Client(enforce_csrf_checks=True), upload(png_bytes())).status_code == 403

    def test_a_name_with_folders_and_control_characters_is_only_shown_cleaned(self, client):
        name = "../../<b>\x00hus</b>.png"
        assert send(client, upload(png_bytes(), name)).status_code == 201
        picture = Picture.objects.get()
        assert "/" not in picture.name
        assert picture.original.name == f"pictures/originals/{picture.pk.hex[:2]}/{picture.pk}.png"

    def test_a_picture_turned_by_its_exif_is_measured_as_it_is_seen(self, client):
        assert send(client, upload(jpeg_bytes(180, 400, orientation=6), "a.jpg")).status_code == 201
        assert send(client, upload(jpeg_bytes(400, 180, orientation=6), "a.jpg")).status_code == 400


@pytest.mark.django_db
class TestRemoval:
    def test_removes_the_visitors_draft_and_hands_back_an_empty_widget(self, client):
        send(client, upload(png_bytes()))
        data = {"slot": SLOT.sign(), "saved": Draft.objects.get().token}
        response = client.post("/bilder/borttagning/", data)
        assert response.json()["sentence"] == "Bilden är borttagen."
        assert 'name="logo-saved" value=""' in response.json()["html"]
        assert not Picture.objects.exists()

    def test_leaves_somebody_elses_alone(self, client):
        send(client, upload(png_bytes()))
        Client().post("/bilder/borttagning/", {"slot": SLOT.sign(), "saved": Draft.objects.get().token})
        assert Picture.objects.count() == 1


# --- Whole requests ------------------------------------------------------------------------------------------------


def test_a_request_far_beyond_the_limit_gets_the_413_page_and_is_not_kept(db, client, monkeypatch):
    monkeypatch.setattr(middleware, "MAX_REQUEST_BYTES", 100_000)
    response = send(client, upload(png_bytes(900, 900, compress_level=0)))
    assert response.status_code == 413
    assert "Du skickade 2,3\xa0MB på en gång; vi kan ta emot högst 0,1\xa0MB åt gången." in response.text
    assert spooled() == []


def test_three_pictures_at_their_largest_fit_in_one_request():
    assert 3 * MAX_BYTES < limits.MAX_REQUEST_BYTES < 4 * MAX_BYTES


@pytest.mark.parametrize("length", ["", "abc", "-1", "10"])
def test_a_length_that_is_no_number_is_left_to_the_server(length):
    request = RequestFactory().post("/", CONTENT_LENGTH=length)
    assert middleware.declared_length(request) <= 10


def test_a_sender_who_leaves_is_nobody_to_answer():
    class Gone(io.BytesIO):
        def read(self, *args):
            raise OSError

    request = RequestFactory().get("/")
    request._stream = Gone()
    middleware.drain(request)


def test_every_sentence_is_translated():
    assert "HEIC" in str(refusals.Heic())
    assert str(refusals.Heic()) != refusals.Heic.__doc__
