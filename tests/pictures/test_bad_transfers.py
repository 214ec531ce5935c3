"""Whatever is sent to a transfer but the next bytes of its picture: refused, and what had come is kept."""

import io
import os
from contextlib import contextmanager

import pytest

from pictures import body as bodies
from pictures.limits import MAX_BYTES
from pictures.models import Picture, Transfer
from tests.pictures.factories import jpeg_bytes, png_bytes, png_chunk, png_header, webp_bytes
from tests.pictures.transfers import (
    OUT_OF_ORDER,
    PNG,
    SLOT,
    TRANSFERS,
    TUS,
    begun,
    metadata,
    offset_of,
    patched,
    spooled,
    transferred,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]


def nothing_is_kept() -> bool:
    return not Transfer.objects.exists() and not Picture.objects.exists() and spooled() == []


# --- Refused before a byte has come ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "name", "status", "sentence"),
    [
        (0, "a.png", 400, "Filen är tom: den innehåller 0 byte."),
        (MAX_BYTES + 1, "a.png", 413, "Filen är 209\xa0715\xa0201 byte; vi kan ta emot högst 209\xa0715\xa0200 byte"),
        (10**14, "a.png", 413, "Filen är 100\xa0000\xa0000\xa0000\xa0000 byte;"),
        (10, "a.gif", 400, "Filen är en .gif-fil. Bilden behöver vara en .jpg-, .jpeg-, .png- eller .webp-fil."),
        (10, "", 400, "Filnamnet saknar ändelse."),
        (10, "IMG_1.HEIC", 400, "Bilden är i formatet HEIC"),
    ],
)
def test_what_name_and_length_tell_is_told_at_once(client, length, name, status, sentence):
    response = begun(client, length, name)
    assert response.status_code == status
    assert response.json()["sentence"].startswith(sentence)
    assert nothing_is_kept()


def test_exactly_the_limit_is_let_begin(client):
    assert begun(client, MAX_BYTES).status_code == 201


@pytest.mark.parametrize("length", ["", "-1", "1.5", "x", "1" * 40, "٣"])
def test_a_length_that_is_none_is_a_bad_request(client, length):
    told = {"Upload-Length": length.encode().decode("latin-1"), "Upload-Metadata": metadata(slot=SLOT.sign())}
    response = client.generic("POST", TRANSFERS, headers={**TUS, **told})
    assert (response.status_code, response["Tus-Resumable"]) == (400, "1.0.0")
    assert nothing_is_kept()


def test_a_length_to_be_told_later_is_a_bad_request(client):
    told = {"Upload-Defer-Length": "1", "Upload-Metadata": metadata(slot=SLOT.sign())}
    assert client.generic("POST", TRANSFERS, headers={**TUS, **told}).status_code == 400


@pytest.mark.parametrize("slot", ["", "x", "\x00", "a:b:c", "9" * 5000])
def test_a_forged_slot_is_a_bad_request_with_a_sentence(client, slot):
    told = {"Upload-Length": "10", "Upload-Metadata": metadata(filename="a.png", slot=slot)}
    response = client.generic("POST", TRANSFERS, headers={**TUS, **told})
    assert response.status_code == 400
    assert response.json()["sentence"] == "Sidan är för gammal. Ladda om den och välj bilden en gång till."


@pytest.mark.parametrize("told", ["filename !", "slot w6Xk\x00", "filename /w==", "filename a b", "å"])
def test_metadata_that_is_none_is_a_bad_request(client, told):
    response = client.generic("POST", TRANSFERS, headers={**TUS, "Upload-Length": "10", "Upload-Metadata": told})
    assert response.status_code == 400


@pytest.mark.parametrize("version", ["", "0.2.2", "2.0.0"])
def test_another_version_of_the_protocol_is_told_ours(client, place, version):
    headers = {"Tus-Resumable": version}
    for response in (
        begun(client, 10, **headers),
        client.head(place, headers=headers),
        patched(client, place, b"x", 100_000, **headers),
    ):
        assert (response.status_code, response["Tus-Version"]) == (412, "1.0.0")
    assert offset_of(client, place) == 100_000


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_the_collection_knows_no_other_verb(client, method):
    assert getattr(client, method)(TRANSFERS, headers=TUS).status_code == 405


def test_a_transfer_is_no_page(client, place):
    assert client.get(place, headers=TUS).status_code == 405
    assert client.post(place, headers=TUS).status_code == 405


# --- Pieces that do not fit ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [0, 99_999, 100_001, len(PNG), 10**14])
def test_a_piece_from_elsewhere_is_a_conflict_and_adds_nothing(client, place, offset):
    response = patched(client, place, b"x" * min(100, max(0, len(PNG) - offset)), offset)
    assert response.status_code == (413 if offset > len(PNG) else 409)
    assert offset_of(client, place) == 100_000


@pytest.mark.parametrize("offset", ["", "-1", "x", "1e3"])
def test_an_offset_that_is_none_is_a_bad_request(client, place, offset):
    assert patched(client, place, b"x", 0, **{"Upload-Offset": offset}).status_code == 400
    assert offset_of(client, place) == 100_000


def test_more_than_was_told_is_not_kept(client, place):
    assert patched(client, place, PNG[100_000:] + b"x", 100_000).status_code == 413
    assert offset_of(client, place) == 100_000


def test_another_kind_of_body_is_not_a_piece(client, place):
    told = {**TUS, "Upload-Offset": "100000"}
    for kind in ("multipart/form-data; boundary=x", "text/plain", "application/json"):
        assert client.generic("PATCH", place, b"bytes", kind, headers=told).status_code == 415
    assert offset_of(client, place) == 100_000


def test_a_piece_whose_length_is_not_told_is_asked_for_it(client, place):
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(b"1\r\nx\r\n")}
    response = client.generic("PATCH", place, **chunked, headers={**TUS, "Upload-Offset": "100000"})
    assert response.status_code == 411
    assert offset_of(client, place) == 100_000


def test_a_piece_without_anything_in_it_is_no_harm(client, place):
    response = patched(client, place, b"", 100_000)
    assert (response.status_code, response["Upload-Offset"]) == (204, "100000")


# --- Connections that break, disks that are full ---------------------------------------------------------------------


class BreakingOff(io.BytesIO):
    """A sender of whom no more comes: after a while the server loses its patience, or the line is closed."""

    def __init__(self, content: bytes, last: Exception | None) -> None:
        super().__init__(content)
        self.last = last

    def read(self, size=-1, /):
        found = super().read(size)
        if not found and self.last:
            raise self.last
        return found


@pytest.mark.parametrize("last", [TimeoutError(), ConnectionResetError(), None], ids=["silent", "reset", "closed"])
def test_what_came_before_the_connection_broke_is_kept(client, place, last):
    sending = {
        "CONTENT_TYPE": "application/offset+octet-stream", "CONTENT_LENGTH": str(len(PNG) - 100_000),
        "wsgi.input": BreakingOff(PNG[100_000:150_000], last),
    }  # fmt: skip
    response = client.generic("PATCH", place, **sending, headers={**TUS, "Upload-Offset": "100000"})
    assert response.status_code == 408
    assert offset_of(client, place) == 150_000
    assert patched(client, place, PNG[150_000:], 150_000).status_code == 201
    assert Picture.objects.get().original.read() == PNG


@contextmanager
def nearly_full_disk(monkeypatch, room: int):
    """Takes so many bytes more, the last of them in half a write as disks do."""
    write, left = os.pwrite, room

    def half(descriptor, data, position):
        nonlocal left
        if not left:
            raise OSError(28, "No space left on device")
        written = write(descriptor, bytes(data)[:left], position)
        left -= written
        return written

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(os, "pwrite", half)
        yield


def test_a_disk_that_fills_up_is_ours_to_answer_for_and_keeps_what_it_took(client, place, monkeypatch):
    with nearly_full_disk(monkeypatch, room=50_000):
        response = patched(client, place, PNG[100_000:], 100_000)
    assert (response.status_code, response.json()["sentence"]) == (503, OUT_OF_ORDER)
    assert offset_of(client, place) == 150_000
    assert patched(client, place, PNG[150_000:], 150_000).status_code == 201
    assert Picture.objects.get().original.read() == PNG


def test_a_disk_without_room_for_a_file_is_said_before_anything_is_sent(client, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pictures.partial.os.open", full)
    response = begun(client, len(PNG))
    assert (response.status_code, response.json()["sentence"]) == (503, OUT_OF_ORDER)
    assert not Transfer.objects.exists()


def test_a_storage_that_is_down_costs_no_bytes(client, place, monkeypatch):
    def down(*args, **kwargs):
        raise ConnectionError("no answer")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(type(Picture._meta.get_field("original").storage._wrapped), "save", down)
        response = patched(client, place, PNG[100_000:], 100_000)
        assert (response.status_code, response.json()["sentence"]) == (503, OUT_OF_ORDER)
    assert offset_of(client, place) == len(PNG)
    assert patched(client, place, b"", len(PNG)).status_code == 201
    assert Picture.objects.get().original.read() == PNG


# --- Refused by its first bytes --------------------------------------------------------------------------------------


def beginning(client, content: bytes, name: str, length: int):
    """The answer to a first piece that is the beginning of a much longer file."""
    place = begun(client, length, name)["Location"]
    return patched(client, place, content, 0)


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (b"<!doctype html>" + bytes(100), "a.png", "Filen är en HTML-fil."),
        (b"%PDF-1.7\n" + bytes(100), "a.jpg", "Filen är en PDF-fil."),
        (b"\0\0\0\x18ftypheic" + bytes(100), "a.jpg", "Bilden är i formatet HEIC"),
        (png_header(60_000, 60_000)[:33] + png_chunk(b"IDAT", bytes(100)), "a.png", "Bilden är 60\xa0000 × 60\xa0000"),
        (png_header(199, 300)[:33] + png_chunk(b"IDAT", bytes(100)), "a.png", "Bilden är 199 pixlar bred"),
        (png_header(300, 300)[:33] + png_chunk(b"acTL", bytes(8)) + png_chunk(b"IDAT", bytes(100)), "a.png",
         "Filen är en rörlig PNG."),
        (jpeg_bytes(), "a.png", "Namnet slutar på .png men filen är en JPEG-bild."),
        (jpeg_bytes(400, 199, orientation=6), "a.jpg", "Bilden är 199 pixlar bred efter vridning"),
        (webp_bytes(199, 300), "a.webp", "Bilden är 199 pixlar bred"),
    ],
    ids=["html", "pdf", "heic", "bomb", "narrow", "animated", "other type", "turned", "webp"],
)  # fmt: skip
def test_a_file_that_its_beginning_gives_away_is_refused_there(client, content, name, found):
    response = beginning(client, content, name, 190 * 2**20)
    assert response.status_code == 400
    assert response.json()["sentence"].startswith(found)
    assert nothing_is_kept()


def test_a_header_that_has_not_come_whole_refuses_nothing(client):
    """A photo whose EXIF, profiles and previews fill the first piece."""
    photo = jpeg_bytes(300, 300)
    photo = photo[:2] + (b"\xff\xe2\xff\xff" + bytes(65_533)) * 5 + photo[2:]
    place = begun(client, len(photo), "foto.jpg")["Location"]
    assert patched(client, place, photo[:262_144], 0).status_code == 204
    assert patched(client, place, photo[262_144:], 262_144).status_code == 201


@pytest.mark.parametrize("piece", [1, 31, 33, 40, 1_000])
def test_however_small_the_pieces_a_good_picture_is_taken_and_a_bad_one_refused(client, piece):
    good, bad = jpeg_bytes(200, 200, orientation=6)[:], png_header(199, 300)
    assert transferred(client, good, "a.jpg", piece=max(piece, len(good) // 40)).status_code == 201
    response = transferred(client, bad, "a.png", piece=piece)
    assert (response.status_code, response.json()["sentence"][:26]) == (400, "Bilden är 199 pixlar bred;")


def test_one_that_is_cut_short_of_its_own_length_is_refused_when_all_has_come(client):
    content = png_bytes()[:33] + png_chunk(b"prVt", bytes(100_000))
    response = transferred(client, content)
    assert response.status_code == 400
    assert "avhuggen eller skadad" in response.json()["sentence"]
    assert nothing_is_kept()


@pytest.mark.parametrize(("length", "left"), [(16_000_000, 0), (17_000_000, 17_000_000)])
def test_what_is_left_of_a_refused_piece_is_read_where_that_is_soon_done(rf, length, left):
    body = bodies.Body(rf.generic("PATCH", "/", bytes(length)))
    body.drop()
    assert body.left == left


def test_who_leaves_a_refused_piece_unsent_is_let_go(rf):
    request = rf.generic("PATCH", "/", **{"CONTENT_LENGTH": "1000", "wsgi.input": BreakingOff(b"x", TimeoutError())})
    bodies.Body(request).drop()
