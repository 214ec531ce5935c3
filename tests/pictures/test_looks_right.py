"""A photo with a place, comments and a wide gamut, sent in and looked at: nothing but its colours comes out."""

import io
import struct
from itertools import product

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from pictures.models import Picture
from tests.pictures.factories import saved
from tests.pictures.transfers import transferred

pytestmark = pytest.mark.django_db

SIZE = (640, 480)
SECRETS = (b"hemlig", b"Storgatan", b"Exif", b"GPS", b"ICC_PROFILE", b"ICCP", b"Display", b"acsp", b"http")

P3_COLORANTS = {
    b"rXYZ": (0.51512, 0.24120, -0.00105),
    b"gXYZ": (0.29198, 0.69225, 0.04189),
    b"bXYZ": (0.15710, 0.06657, 0.78407),
}
"""The primaries of Display P3, which phones use, adapted to D50 as profiles hold them."""

P3_TO_SRGB = ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979))
"""In linear light; from the definitions of the two spaces, not from the library that is tested."""


def display_p3() -> bytes:
    """LittleCMS's sRGB profile with the primaries of Display P3 in it."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for number in range(struct.unpack_from(">I", profile, 128)[0]):
        tag, offset, _ = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        if tag in P3_COLORANTS:
            fixed = [round(value * 65_536) for value in P3_COLORANTS[tag]]
            struct.pack_into(">3i", profile, offset + 8, *fixed)
    return bytes(profile)


def linear(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def encoded(light: float) -> int:
    light = min(1.0, max(0.0, light))
    return round(255 * (light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055))


def as_seen(colour: tuple[int, int, int]) -> tuple[int, ...]:
    """A colour of Display P3 in sRGB, by hand."""
    light = [linear(value) for value in colour]
    return tuple(encoded(sum(a * b for a, b in zip(row, light, strict=True))) for row in P3_TO_SRGB)


def tiles() -> list[tuple[int, int, int]]:
    return list(product((40, 110, 180, 235), repeat=3))


def painted(colours: list[tuple[int, ...]]) -> Image.Image:
    """Eight by eight tiles, each of one colour: hard edges as well as flat ground."""
    picture = Image.new("RGB", SIZE)
    for number, colour in enumerate(colours):
        x, y = number % 8 * 80, number // 8 * 60
        picture.paste(colour, (x, y, x + 80, y + 60))
    return picture


def exif() -> Image.Exif:
    data = Image.Exif()
    data[0x010E] = "hemlig gård, Storgatan 1"
    data[0x0112] = 1
    place = data.get_ifd(0x8825)
    place[1], place[2] = "N", (58.0, 35.0, 12.0)
    place[3], place[4] = "E", (16.0, 11.0, 0.0)
    return data


def photo(kind: str) -> bytes:
    options = {"exif": exif(), "icc_profile": display_p3()}
    if kind == "JPEG":
        return saved(painted(tiles()), kind, quality=98, subsampling=0, comment=b"hemlig kommentar", **options)
    if kind == "WEBP":
        return saved(painted(tiles()), kind, lossless=True, xmp=b"<x>hemlig</x>", **options)
    return saved(painted(tiles()), kind, **options)


def test_the_wide_gamut_makes_a_difference_worth_testing():
    assert as_seen((40, 235, 40)) == (0, 239, 0)
    assert as_seen((235, 235, 235)) == (235, 235, 235)


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_it_comes_out_without_its_secrets_and_looks_right(client, kind, name):
    content = photo(kind)
    assert b"acsp" in content or kind == "PNG"
    assert transferred(client, content, name).status_code == 201
    picture = Picture.objects.get()
    picture.render()
    picture.refresh_from_db()
    picture.publish()
    expected = painted([as_seen(colour) for colour in tiles()])
    for extension in ("webp", "jpg"):
        sent = b"".join(client.get(picture.url(640, extension)).streaming_content)
        assert not [secret for secret in SECRETS if secret in sent]
        shown = Image.open(io.BytesIO(sent))
        assert not shown.getexif()
        assert "icc_profile" not in shown.info
        assert shown.size == SIZE
        inside = [difference_inside(shown.convert("RGB"), expected, number) for number in range(64)]
        assert max(inside) <= 16, (extension, inside)
        assert max(ImageStat.Stat(ImageChops.difference(shown.convert("RGB"), expected)).mean) <= 4


def difference_inside(shown: Image.Image, expected: Image.Image, number: int) -> int:
    """The most that any channel of any pixel differs in the middle of one tile; at its edges WebP and JPEG blur."""
    x, y = number % 8 * 80, number // 8 * 60
    box = (x + 20, y + 20, x + 60, y + 40)
    return max(most for _, most in ImageChops.difference(shown.crop(box), expected.crop(box)).getextrema())


def test_a_wide_gamut_taken_for_srgb_would_be_noticed():
    wrong, right = painted(tiles()), painted([as_seen(colour) for colour in tiles()])
    assert max(difference_inside(wrong, right, number) for number in range(64)) > 30
