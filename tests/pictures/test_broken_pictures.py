"""Pictures that break off, lie about themselves, or are made to take a machine down."""

import struct
import zlib

import pytest
from PIL import Image

from pictures import inspection, refusals, uploads
from pictures.models import Picture
from tests.pictures.factories import jpeg_bytes, png_bytes, png_chunk, png_header, saved
from tests.pictures.transfers import PNG, refused, taken, transferred

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]

EMPTY = "Filen är tom: den innehåller 0 byte. Välj bilden igen, eller spara om den först."


def cut_short(kind: str) -> str:
    return (
        f"Filen börjar som en {kind}-bild men dess början är avhuggen eller skadad. "
        "Öppna den i ett bildprogram, spara om den och välj den nya filen."
    )


@pytest.mark.parametrize("tenth", range(10))
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "PNG"),
        (jpeg_bytes(300, 300, quality=100), "JPEG"),
        (saved(Image.radial_gradient("L"), "WEBP", lossless=True), "WebP"),
    ],
    ids=["png", "jpeg", "webp"],
)
def test_a_file_cut_at_every_tenth_is_refused_or_rejected_for_a_reason(client, content, kind, tenth):
    response = transferred(client, content[: len(content) * tenth // 10], f"a.{kind.lower()}")
    if response.status_code == 400:
        assert response.json()["sentence"] == (cut_short(kind) if tenth else EMPTY)
        assert Picture.objects.count() == 0
        return
    picture = Picture.objects.get()
    picture.render()
    picture.refresh_from_db()
    assert (response.status_code, picture.state, picture.reason) == (201, "rejected", "unreadable")


def test_74_bytes_that_claim_60_000_by_60_000(client):
    bomb = png_header(60_000, 60_000)[:33] + png_chunk(b"IDAT", bytes(17)) + png_chunk(b"IEND", b"")
    assert len(bomb) == 74
    assert refused(client, bomb) == (
        "Bilden är 60\xa0000 × 60\xa0000 pixlar; ingen sida får vara längre än 20\xa0000. "
        "Gör den mindre och välj den igen."
    )


def test_a_bomb_within_the_limits_is_rejected_by_its_child_and_the_worker_lives(client):
    """A hundred million pixels in a file of a hundred kilobytes that breaks off."""
    rows = zlib.compress(bytes(10_001 * 3 * 200), 9)
    kept = taken(client, png_header(10_000, 10_000)[:33] + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b""))
    kept.render()
    kept.refresh_from_db()
    assert (kept.state, kept.attempts) == ("rejected", 1)


def test_comments_are_passed_over_and_too_many_of_them_refused(client):
    content = jpeg_bytes(300, 300)
    assert taken(client, content[:2] + b"\xff\xfe\xff\xff" + bytes(65_533) + content[2:], "a.jpg").width == 300
    Picture.objects.all().delete()
    assert "avhuggen eller skadad" in refused(client, content[:2] + b"\xff\xfe\0\x02" * 3_000 + content[2:], "a.jpg")


def test_a_huge_private_chunk_is_stepped_over(client):
    content = png_bytes()
    assert taken(client, content[:33] + png_chunk(b"prVt", bytes(3_000_000)) + content[33:]).width == 640


def test_a_chunk_that_claims_two_gigabytes_is_damage(client):
    lying = png_bytes()[:33] + struct.pack(">I4s", 2**31 - 1, b"prVt") + bytes(40)
    assert "avhuggen eller skadad" in refused(client, lying)


def test_one_byte_over_is_counted_and_said(client, monkeypatch):
    for module in (uploads, inspection, refusals):
        monkeypatch.setattr(module, "MAX_BYTES", len(PNG))
    assert taken(client, PNG).width == 300
    Picture.objects.all().delete()
    sentence = transferred(client, PNG + b"x")
    assert sentence.status_code == 413
    assert sentence.json()["sentence"].startswith(f"Filen är {len(PNG) + 1:_}".replace("_", "\xa0"))
