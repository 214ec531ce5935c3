"""Whatever is sent instead of a picture: refused with a sentence, or taken for what it is; never a crash."""

import io
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageCms

from pictures import inspection, refusals, rendering, uploads
from pictures.models import Picture
from pictures.rendering import CouldNotRender
from pictures.sweep import Sweep
from tests.pictures.factories import (
    drawing,
    jpeg_bytes,
    kept_picture,
    png_bytes,
    png_chunk,
    png_header,
    saved,
    upload,
    webp_bytes,
)
from tests.pictures.transfers import transferred
from tests.procurement_portal.factories import form_data, ticket

pytestmark = pytest.mark.django_db

NO_PICTURE = "Filen är ingen bild som vi kan läsa. Bilden behöver vara JPEG, PNG eller WebP."
SCRIPT = b"<script>alert(document.cookie)</script>"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Pictures stay in state `checking` until a test renders them."""
    monkeypatch.setattr(Picture, "ask_for_rendering", lambda picture: None)


def sent(client, content: bytes, name: str = "logga.png"):
    return transferred(client, content, name)


def refused(client, content: bytes, name: str = "logga.png", status: int = 400) -> str:
    """The sentence a person gets; nothing has been kept."""
    response = sent(client, content, name)
    assert response.status_code == status, response.json()
    assert (Picture.objects.count(), list(uploads.spool_dir().iterdir())) == (0, [])
    return response.json()["sentence"]


def taken(client, content: bytes, name: str = "logga.png") -> Picture:
    response = sent(client, content, name)
    assert response.status_code == 201, response.json()
    return Picture.objects.get()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return file.getvalue()


# --- What is no picture --------------------------------------------------------------------------------------------


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


# --- Polyglots: pictures with something else inside. The picture is taken, the rest never leaves us -------------------


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


# --- Broken, and bombs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tenth", range(10))
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (png_bytes(300, 300, compress_level=0), "a.png"),
        (jpeg_bytes(300, 300, quality=100), "a.jpg"),
        (webp_bytes(300, 300, lossless=True), "a.webp"),
    ],
    ids=["png", "jpeg", "webp"],
)
def test_a_file_cut_at_every_tenth_is_refused_or_rejected_for_a_reason(client, content, name, tenth):
    response = sent(client, content[: len(content) * tenth // 10], name)
    if response.status_code == 400:
        assert response.json()["sentence"].endswith((".", "först."))
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


# --- Odd but good ---------------------------------------------------------------------------------------------------


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
    response = sent(client, png_bytes(), name)
    picture = Picture.objects.get()
    assert (response.status_code, picture.name) == (201, shown)
    assert picture.original.name == f"pictures/originals/{picture.pk.hex[:2]}/{picture.pk}.png"
    assert "<img src=x" not in response.json()["html"]


# --- Whole requests -------------------------------------------------------------------------------------------------


def test_ten_thousand_fields_and_a_thousand_files_are_a_bad_request_with_a_page(client):
    for data in (
        {f"f{number}": "x" for number in range(10_000)},
        {f"f{number}": upload(b"x") for number in range(1_000)},
    ):
        response = client.post("/bilder/borttagning/", data)
        assert response.status_code == 400
        assert "Något i det som din webbläsare skickade" in response.text
    assert list(uploads.spool_dir().iterdir()) == []


FORM = "/inkopsportalen/ansokan/"
MULTIPART = {"CONTENT_TYPE": "multipart/form-data; boundary=x"}
CHUNKED = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}


def test_a_body_whose_length_is_not_told_is_asked_for_it(client):
    body = io.BytesIO(b"4\r\n--x\r\n")
    response = client.generic("POST", FORM, **{**MULTIPART, **CHUNKED, "wsgi.input": body})
    assert (response.status_code, response["Connection"]) == (411, "close")
    assert "Det som skickades talade inte om hur stort det är" in response.text


class Stalling(io.BytesIO):
    """A sender who says nothing more after what there is, until the server's patience ends."""

    def read(self, *args):
        found = super().read(*args)
        if not found:
            raise TimeoutError
        return found


def test_an_upload_that_stalls_is_told_so_and_leaves_nothing():
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        + png_bytes(900, 900, compress_level=0)[:300_000]
    )
    sending = {**MULTIPART, "CONTENT_LENGTH": "2000000", "wsgi.input": Stalling(body)}
    response = Client(enforce_csrf_checks=True).generic("POST", FORM, **sending)
    assert (response.status_code, response["Connection"]) == (408, "close")
    assert "På en minut kom inget mer från din webbläsare" in response.text
    assert list(uploads.spool_dir().iterdir()) == []


def test_the_server_loses_patience_after_a_minute():
    from config import gunicorn

    patience = []
    sock = SimpleNamespace(settimeout=patience.append)
    gunicorn.pre_request(None, SimpleNamespace(unreader=SimpleNamespace(sock=sock)))
    assert patience == [60]


# --- Ours to answer for: disks, stores and workers ------------------------------------------------------------------

OUT_OF_ORDER = (
    "Just nu kan vi inte spara bilder. Det är inget fel på din, och det du har skrivit finns kvar. "
    "Vänta några minuter och välj bilden igen."
)


class FullDisk(io.BytesIO):
    name = "full"

    def write(self, *args):
        raise OSError(28, "No space left on device")


@pytest.fixture
def full_disk(monkeypatch):
    monkeypatch.setattr(uploads.tempfile, "NamedTemporaryFile", lambda **options: FullDisk())


@pytest.fixture
def storage_down(monkeypatch):
    def save(*args, **kwargs):
        raise ConnectionError("no answer")

    monkeypatch.setattr(type(Picture._meta.get_field("original").storage._wrapped), "save", save)


def large_png() -> bytes:
    return png_bytes(300, 300, compress_level=0)


@pytest.mark.parametrize("trouble", ["full_disk", "storage_down"])
def test_trouble_of_ours_is_said_to_be_ours_and_the_form_keeps_everything_else(client, request, trouble):
    request.getfixturevalue(trouble)
    response = client.post(
        reverse("procurement_portal:apply"), form_data(logo=upload(large_png(), "stor.png"), ticket=ticket())
    )
    assert response.status_code == 503
    assert response.context["form"].errors["logo"] == [OUT_OF_ORDER]
    assert 'value="Ljusgården AB"' in response.text
    assert list(uploads.spool_dir().iterdir()) == []


def test_a_file_that_only_breaks_at_its_end_is_lost_alike(client, monkeypatch):
    class Late(io.BytesIO):
        name = "late"

        def flush(self):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.tempfile, "NamedTemporaryFile", lambda **options: Late())
    response = client.post(FORM, {"logo": upload(large_png(), "stor.png"), "upload_logo": "1"})
    assert (response.status_code, response.context["form"].errors["logo"]) == (503, [OUT_OF_ORDER])


def test_a_full_disk_under_another_form_is_a_page_and_no_crash(coordinator_client, full_disk):
    response = coordinator_client.post(
        reverse("newsletter:imports"),
        {"file": upload(b"a@example.org\n" * 9_000, "lista.csv"), "ground": "På mötet i maj sade alla ja.",
         "shown": "on", "frequency": "weekly", "language": "sv"},
    )  # fmt: skip
    assert response.status_code == 503
    assert "Det här går inte just nu" in response.text


def test_a_picture_that_cannot_be_fetched_is_a_503_that_no_cache_keeps(client, coordinator_client, monkeypatch):
    kept = kept_picture(png_bytes(300, 300))
    kept.render()
    kept.refresh_from_db()
    kept.publish()

    def fetch(*args, **kwargs):
        raise ConnectionError("no answer")

    monkeypatch.setattr(type(kept.original.storage._wrapped), "open", fetch)
    for response in (client.get(kept.url(300, "webp")), coordinator_client.get(kept.get_absolute_url())):
        assert (response.status_code, response["Cache-Control"], response["Retry-After"]) == (503, "no-store", "60")
        assert "Det här går inte just nu" in response.text


@pytest.mark.parametrize("where", ["open", "save"])
def test_a_store_that_is_down_costs_a_picture_no_attempt(monkeypatch, where):
    kept = kept_picture(png_bytes(300, 300))

    def fail(*args, **kwargs):
        raise ConnectionError("no answer")

    with monkeypatch.context() as meanwhile:
        if where == "open":
            meanwhile.setattr(rendering, "_local_copy", fail)
        else:
            meanwhile.setattr(type(kept.original.storage._wrapped), "save", fail)
        for _ in range(4):
            kept.render()
            kept.refresh_from_db()
            assert (kept.state, kept.attempts) == ("checking", 0)
    kept.render()
    kept.refresh_from_db()
    assert kept.is_ready


def test_a_full_disk_under_the_child_is_not_the_pictures_fault(tmp_path, monkeypatch):
    from pictures import rendering_child

    def full(job):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rendering_child, "render", full)
    monkeypatch.setattr(rendering_child, "limit", lambda *limits: None)
    monkeypatch.setattr(sys, "argv", ["child", '{"memory": 1, "cpu_seconds": 1}'])
    assert rendering_child.main() == rendering.DISK_FULL
    monkeypatch.setattr(
        subprocess, "run", lambda command, **how: subprocess.CompletedProcess(command, rendering.DISK_FULL, b"", b"")
    )
    with pytest.raises(OSError, match="the disk is full"):
        rendering.run_child({})


def test_a_child_that_is_killed_was_too_heavy(monkeypatch):
    killed = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda command, **how: run(killed, **how))
    with pytest.raises(CouldNotRender) as failure:
        rendering.run_child({})
    assert failure.value.heavy


def test_a_worker_killed_while_checking_is_followed_by_another(monkeypatch, django_capture_on_commit_callbacks):
    kept = kept_picture(png_bytes(300, 300))

    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("pictures.models.rendering.rendered", killed)
        with pytest.raises(SystemExit):
            kept.render()
    kept.refresh_from_db()
    assert (kept.state, kept.attempts) == ("checking", 1)
    monkeypatch.setattr(Picture, "ask_for_rendering", Picture.render)
    Picture.objects.update(uploaded_at="2020-01-01T00:00Z", attempted_at="2020-01-01T00:00Z")
    assert Sweep().kick_hanging() == 1
    kept.refresh_from_db()
    assert (kept.state, kept.attempts) == ("ready", 2)


def test_one_byte_over_is_counted_and_said(client, monkeypatch):
    for module in (uploads, inspection, refusals):
        monkeypatch.setattr(module, "MAX_BYTES", len(large_png()))
    assert taken(client, large_png()).width == 300
    Picture.objects.all().delete()
    sentence = sent(client, large_png() + b"x")
    assert sentence.status_code == 413
    assert sentence.json()["sentence"].startswith(f"Filen är {len(large_png()) + 1:_}".replace("_", "\xa0"))


def test_not_even_a_path_of_ours_is_a_picture(client):
    """A draft's token and a slot are signed; nothing in a request names a file of ours."""
    for saved_ in ("../../../etc/passwd", str(Path(__file__)), "pictures/originals/00/x.png"):
        assert transferred(client, png_bytes(), saved=saved_).status_code == 201
