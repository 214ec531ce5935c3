"""Whatever is sent that is no picture of ours: refused with a sentence, and not kept."""

from pathlib import Path

import pytest
from PIL import Image

from pictures.models import Picture
from tests.pictures.factories import SCRIPT, png_bytes, saved, zipped
from tests.pictures.transfers import refused, transferred

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]

NO_PICTURE = "Filen är ingen bild som vi kan läsa. Bilden behöver vara JPEG, PNG eller WebP."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Filen är tom: den innehåller 0 byte. Välj bilden igen, eller spara om den först."),
        (b"<!doctype html>" + SCRIPT, "Filen är en HTML-fil. Bilden behöver vara JPEG, PNG eller WebP."),
        (b"\r\n <html>" + SCRIPT, "Filen är en HTML-fil. Bilden behöver vara JPEG, PNG eller WebP."),
        (b"<?xml version='1.0'?><svg>", "Filen är en SVG-fil. Bilden behöver vara JPEG, PNG eller WebP."),
        (b"%PDF-1.7\n" + png_bytes(), "Filen är en PDF-fil. Bilden behöver vara JPEG, PNG eller WebP."),
        (zipped(), "Filen är en ZIP- eller Office-fil. Bilden behöver vara JPEG, PNG eller WebP."),
        (b"GIF89a/*" + png_bytes(), "Filen är en GIF-fil. Bilden behöver vara JPEG, PNG eller WebP."),
        (SCRIPT + png_bytes(), NO_PICTURE),
        (b"\0" + png_bytes(), NO_PICTURE),
    ],
    ids=[
        "empty",
        "html",
        "html after blanks",
        "svg",
        "pdf before a png",
        "zip",
        "gif/js before a png",
        "script",
        "nul",
    ],
)
def test_what_only_calls_itself_png_is_named_and_not_kept(client, content, sentence):
    assert refused(client, content) == sentence


@pytest.mark.parametrize("name", ["a.gif", "a.svg", "a.png.exe", "a.php", "png", "a.", ".png"])
def test_a_wrong_ending_is_refused_whatever_is_in_the_file(client, name):
    assert "behöver vara en .jpg-, .jpeg-, .png- eller .webp-fil." in refused(client, png_bytes(), name)


def test_heic_is_told_how_to_export(client):
    for name, content in (("IMG_1.HEIC", b"x"), ("a.jpg", b"\0\0\0\x18ftypheic" + bytes(20))):
        assert "JPEG" in refused(client, content, name)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animated_picture_is_refused(client, kind):
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    content = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    assert "stå stilla" in refused(client, content, f"a.{kind.lower()}")


def test_not_even_a_path_of_ours_is_a_picture(client):
    """A draft's token and a slot are signed; nothing in a request names a file of ours."""
    for saved_ in ("../../../etc/passwd", str(Path(__file__)), "pictures/originals/00/x.png"):
        assert transferred(client, png_bytes(), saved=saved_).status_code == 201
    assert [picture.original.read() for picture in Picture.objects.all()] == [png_bytes()] * 3
    assert Path(__file__).is_file()
