"""The handler that takes the files of forms in."""

import pytest

from pictures import uploads
from pictures.limits import MAX_BYTES
from pictures.models import Picture
from pictures.uploads import OverlongUpload, SpoolingUploadHandler
from tests.pictures.factories import png_bytes, upload
from tests.pictures.transfers import spooled


def taken(pieces, name="bild.png"):
    """What the handler makes of a file that comes in these pieces."""
    handler = SpoolingUploadHandler()
    handler.new_file("logo", name, "image/png", None)
    for piece in pieces:
        assert handler.receive_data_chunk(piece, 0) is None
    return handler.file_complete(0)


def test_a_small_file_stays_in_memory():
    file = taken([b"ab", b"c"])
    assert (file.read(), file.size) == (b"abc", 3)
    assert spooled() == []


def test_a_larger_file_goes_to_disk_and_leaves_with_the_request():
    pieces = [bytes([number]) * 50_000 for number in range(4)]
    file = taken(pieces)
    assert file.size == 200_000
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
    assert client.post("/inkopsportalen/ansokan/", {"logo": upload(content), "upload_logo": "1"}).status_code == 200
    picture = Picture.objects.get()
    assert picture.original.read() == content
    assert spooled() == []
