"""Pictures that are odd and good: taken for what they are, and nothing else of them ever leaves us."""

import pytest
from PIL import Image, ImageCms

from pictures.models import Picture
from tests.pictures.factories import SCRIPT, drawing, jpeg_bytes, png_bytes, png_chunk, saved, webp_bytes, zipped
from tests.pictures.transfers import refused, taken, transferred

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]


def mpo() -> bytes:
    return saved(drawing(400, 300), "MPO", save_all=True, append_images=[drawing(400, 300)])


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (mpo(), "telefon.jpg"),
        (saved(drawing(400, 300, "CMYK"), "JPEG"), "cmyk.jpg"),
        (saved(drawing(400, 300, "P"), "PNG"), "palette.png"),
        (saved(Image.new("I;16", (400, 300), 40_000), "PNG"), "sexton.png"),
        (saved(drawing(400, 300, "LA"), "PNG"), "grey-alpha.png"),
        (png_bytes(400, 300, icc_profile=b"rubbish"), "broken-icc.png"),
        (jpeg_bytes(400, 300, icc_profile=SRGB[: len(SRGB) // 2]), "half-icc.jpg"),
        (webp_bytes(400, 300, icc_profile=SRGB[:200] + bytes(200)), "spoilt-icc.webp"),
    ],
    ids=["mpo", "cmyk", "palette", "16 bits", "grey with alpha", "no icc", "half an icc", "spoilt icc"],
)
def test_odd_pictures_are_taken_and_become_ordinary_ones(client, content, name):
    kept = taken(client, content, name)
    kept.render()
    kept.refresh_from_db()
    assert (kept.state, kept.sizes) == ("ready", [(320, 240), (400, 300)])
    with kept.original.storage.open(kept.rendition_file(400, "jpg")) as file, Image.open(file) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_width_counts_as_it_is_seen_to_the_pixel(client, orientation):
    """200 are needed: a picture of just that is taken, one pixel less is refused, however the camera was held."""

    def stored(width: int) -> bytes:
        size = (300, width) if orientation >= 5 else (width, 300)
        return jpeg_bytes(*size, orientation=orientation)

    sentence = refused(client, stored(199), "a.jpg")
    assert sentence.startswith("Bilden är 199 pixlar bred")
    assert sentence.endswith("den behöver vara minst 200.")
    assert taken(client, stored(200), "a.jpg").width == 200


# --- With something else inside --------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", [SCRIPT, zipped(), b"<?php system($_GET[0]); ?>", b"%PDF-1.7\n%%EOF"])
@pytest.mark.parametrize(("picture", "name"), [(png_bytes(), "a.png"), (jpeg_bytes(), "a.jpg")], ids=["png", "jpeg"])
def test_what_trails_a_picture_is_left_behind(client, coordinator_client, picture, name, tail):
    kept = taken(client, picture + tail, name)
    kept.render()
    kept.refresh_from_db()
    kept.publish()
    assert kept.is_ready
    for width in kept.widths:
        for extension in ("webp", kept.fallback):
            response = client.get(kept.url(width, extension))
            assert tail not in b"".join(response.streaming_content)
            assert response["Content-Type"].startswith("image/")
            assert response["X-Content-Type-Options"] == "nosniff"
    original = coordinator_client.get(kept.get_absolute_url())
    assert original["Content-Disposition"].startswith("attachment")
    assert original["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "content",
    [
        png_bytes()[:33] + png_chunk(b"tEXt", b"Comment\0" + SCRIPT) + png_bytes()[33:],
        png_bytes()[:33] + png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SCRIPT) + png_bytes()[33:],
    ],
)
def test_a_script_among_the_chunks_is_left_behind(client, content):
    kept = taken(client, content)
    kept.render()
    kept.refresh_from_db()
    for name in kept.rendition_files:
        with kept.original.storage.open(name) as file:
            assert SCRIPT not in file.read()


# --- Names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Bilder\\hus.png", "hus.png"),
        ("hus\x00.png", "hus.png"),
        ("\u202egnp.sprut.png", "gnp.sprut.png"),
        ("\u200fhus\u2066.png", "hus.png"),
        ("å" * 300 + ".png", "å" * 115 + "….png"),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
    ],
)
def test_a_name_is_shown_cleaned_and_never_becomes_a_path(client, name, shown):
    response = transferred(client, png_bytes(), name)
    picture = Picture.objects.get()
    assert (response.status_code, picture.name) == (201, shown)
    assert picture.original.name == f"pictures/originals/{picture.pk.hex[:2]}/{picture.pk}.png"
    assert "<img src=x" not in response.json()["html"]
