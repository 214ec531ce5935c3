import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from PIL import Image, ImageCms

from pictures import rendering, rendering_child
from pictures.models import Picture
from pictures.rendering import CouldNotRender, run_child
from pictures.signals import picture_ready, picture_rejected
from tests.pictures.factories import (
    ORIENTATION,
    drawing,
    jpeg_bytes,
    kept_picture,
    png_bytes,
    png_chunk,
    png_header,
    saved,
    webp_bytes,
)

SAMPLES = Path(__file__).parent / "samples"
RED, GREEN, BLUE, WHITE = (230, 20, 20), (20, 200, 20), (20, 20, 230), (250, 250, 250)


LOSSLESS = webp_bytes(64, 48, lossless=True)
SPOILT_WEBP = LOSSLESS[:30] + b"\xff" * (len(LOSSLESS) - 30)


def near(found, wanted, within: int = 24) -> bool:
    return all(abs(a - b) <= within for a, b in zip(found[:3], wanted, strict=True))


def rendered(
    tmp_path, content: bytes, kind: str, size: tuple[int, int], orientation: int = 1
) -> dict[str, Image.Image]:
    """The renditions of `content`, decoded: by file name. Runs the child's code here, without its limits."""
    source = tmp_path / "source"
    source.write_bytes(content)
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    job = {
        "source": str(source),
        "folder": str(folder),
        "format": kind,
        "orientation": orientation,
        "size": list(size),
        "widths": [320, 640, 1280, 1920],
        "max_height": 4096,
    }
    rendering_child.render(job)
    return {path.name: Image.open(path) for path in sorted(folder.iterdir())}


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    image = image.convert("RGB")
    width, height = image.size
    x, y = width // 4, height // 4
    return [image.getpixel(at) for at in ((x, y), (width - x, y), (x, height - y), (width - x, height - y))]


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((200, 100), [200]),
        ((320, 100), [320]),
        ((540, 100), [320, 540]),
        ((1000, 10), [320, 640, 1000]),
        ((1920, 10), [320, 640, 1280, 1920]),
        ((6000, 4000), [320, 640, 1280, 1920]),
        ((540, 20_000), [110]),
        ((20_000, 1), [320, 640, 1280, 1920]),
    ],
)
def test_renditions_are_never_larger_than_the_picture_and_at_least_one(size, widths):
    sizes = rendering_child.rendition_sizes(*size, [320, 640, 1280, 1920], 4096)
    assert [width for width, _ in sizes] == widths
    assert all(1 <= height <= 4100 for _, height in sizes)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_ends_upright(tmp_path, orientation):
    upright = drawing(60, 40)
    back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = upright if back is None else upright.transpose(Image.Transpose(back))
    content = saved(stored, "PNG")
    for image in rendered(tmp_path, content, "png", (60, 40), orientation).values():
        assert image.size == (60, 40)
        for found, wanted in zip(corners(image), (RED, GREEN, BLUE, WHITE), strict=True):
            assert near(found, wanted, 60), (orientation, corners(image))


@pytest.mark.parametrize(
    ("picture", "kind", "fallback"),
    [
        (drawing(64, 48), "PNG", "jpg"),
        (drawing(64, 48, "L"), "PNG", "jpg"),
        (drawing(64, 48, "LA"), "PNG", "jpg"),
        (drawing(64, 48, "P"), "PNG", "jpg"),
        (drawing(64, 48, "1"), "PNG", "jpg"),
        (drawing(64, 48, "RGBA"), "PNG", "jpg"),
        (drawing(64, 48, "CMYK"), "JPEG", "jpg"),
        (drawing(64, 48, "L"), "JPEG", "jpg"),
        (drawing(64, 48, "RGBA"), "WEBP", "jpg"),
    ],
)
def test_every_kind_of_colour_becomes_plain_colour(tmp_path, picture, kind, fallback):
    found = rendered(tmp_path, saved(picture, kind), kind.lower(), (64, 48))
    assert list(found) == [f"64.{fallback}", "64.webp"]
    assert found[f"64.{fallback}"].mode == "RGB"
    if picture.mode in {"RGB", "P", "RGBA", "CMYK"}:
        assert near(corners(found["64.jpg"])[1], GREEN, 60)
    assert near(corners(found["64.jpg"])[3], WHITE, 30)


def test_sixteen_bits_of_grey_are_scaled_and_not_clipped(tmp_path):
    grey = Image.new("I;16", (64, 48), 32_896)
    found = rendered(tmp_path, saved(grey, "PNG"), "png", (64, 48))
    assert near(found["64.jpg"].getpixel((9, 9)), (128, 128, 128), 3)


@pytest.mark.parametrize("mode", ["LA", "RGBA", "P"])
def test_what_can_be_seen_through_stays_so_and_falls_back_to_png(tmp_path, mode):
    picture = drawing(64, 48, "RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 16, 48))
    content = saved(picture.convert("LA") if mode == "LA" else picture.quantize(16) if mode == "P" else picture, "PNG")
    found = rendered(tmp_path, content, "png", (64, 48))
    assert list(found) == ["64.png", "64.webp"]
    for image in found.values():
        assert image.convert("RGBA").getpixel((4, 24))[3] < 10
        assert image.convert("RGBA").getpixel((50, 24))[3] > 245


def test_a_colour_profile_is_turned_into_srgb_and_left_behind(tmp_path):
    """A profile whose red is green: a reader that ignored it would show another colour."""
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    reds, greens = swapped.index(b"rXYZ"), swapped.index(b"gXYZ")
    profile = bytearray(swapped)
    profile[reds : reds + 4], profile[greens : greens + 4] = b"gXYZ", b"rXYZ"
    content = saved(Image.new("RGB", (64, 48), (255, 0, 0)), "PNG", icc_profile=bytes(profile))
    for image in rendered(tmp_path, content, "png", (64, 48)).values():
        assert near(image.convert("RGB").getpixel((9, 9)), (0, 255, 0), 20)
        assert "icc_profile" not in image.info


def test_a_colour_profile_that_is_rubbish_is_left_out_of_account(tmp_path):
    content = saved(drawing(64, 48), "PNG", icc_profile=b"rubbish")
    assert near(corners(rendered(tmp_path, content, "png", (64, 48))["64.jpg"])[0], RED, 40)


def test_no_exif_place_or_comment_survives(tmp_path):
    exif = Image.Exif()
    exif[ORIENTATION] = 1
    exif[0x010E] = "hemlig adress"
    exif.get_ifd(0x8825)[1] = "N"
    contents = [
        (jpeg_bytes(64, 48, exif=exif, comment=b"hemlig kommentar"), "jpeg"),
        (webp_bytes(64, 48, exif=exif, xmp=b"<x>hemlig</x>"), "webp"),
        (png_bytes(64, 48, exif=exif)[:33] + png_chunk(b"tEXt", b"Comment\0hemlig") + png_bytes(64, 48)[33:], "png"),
    ]
    for content, kind in contents:
        assert b"hemlig" in content
        for name, image in rendered(tmp_path, content, kind, (64, 48)).items():
            assert not image.getexif()
            assert not {"exif", "xmp", "comment", "Comment", "icc_profile"} & set(image.info), name
            assert b"hemlig" not in (tmp_path / "out" / name).read_bytes()


def test_the_place_in_a_real_photo_is_gone(tmp_path):
    content = (SAMPLES / "exif_gps.jpg").read_bytes()
    with Image.open(io.BytesIO(content)) as photo:
        assert photo.getexif().get_ifd(0x8825)
        size = photo.size
    for image in rendered(tmp_path, content, "jpeg", size).values():
        assert not image.getexif()


def test_a_header_that_lied_about_the_size_is_found_out(tmp_path):
    with pytest.raises(ValueError, match="its header said"):
        rendered(tmp_path, png_bytes(64, 48), "png", (640, 480))


# --- The child process ---------------------------------------------------------------------------------------------


def job(tmp_path, source: Path, kind: str, size: tuple[int, int], **more) -> dict:
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    return {
        "source": str(source),
        "folder": str(out),
        "format": kind,
        "orientation": 1,
        "size": list(size),
        "widths": [320],
        "max_height": 4096,
        "memory": rendering.MEMORY,
        "cpu_seconds": 10,
        **more,
    }


def test_the_child_limits_its_memory_and_says_so(tmp_path):
    source = tmp_path / "a.png"
    source.write_bytes(saved(Image.new("RGB", (6_000, 5_000)), "PNG"))
    with pytest.raises(CouldNotRender) as failure:
        run_child(job(tmp_path, source, "png", (6_000, 5_000), memory=120 * 1024 * 1024))
    assert failure.value.heavy


def test_the_child_is_stopped_when_it_takes_too_long(tmp_path):
    source = tmp_path / "a.png"
    # Nobody ever writes into it: the child reads for as long as it may.
    os.mkfifo(source)
    with pytest.raises(CouldNotRender) as failure:
        run_child(job(tmp_path, source, "png", (64, 48)), seconds=0.01)
    assert failure.value.heavy


def test_the_child_knows_no_secrets_and_no_django(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hemlig" * 10)
    code = "import pictures.rendering_child, sys; print('django' in sys.modules, 'PIL' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, check=True)
    assert found.stdout.split() == [b"False", b"False"]
    seen = {}

    def spy(command, **options):
        seen.update(options["env"])
        return subprocess.CompletedProcess(command, 0, json.dumps({"sizes": [], "fallback": "jpg"}).encode(), b"")

    monkeypatch.setattr(subprocess, "run", spy)
    run_child({})
    assert set(seen) == {"LC_ALL"}


@pytest.mark.django_db
class TestPicture:
    @pytest.fixture(autouse=True)
    def at_once(self, monkeypatch):
        """What waits for the end of the transaction happens at once: a real commit per test takes seconds."""
        monkeypatch.setattr(transaction, "on_commit", lambda do, **how: do())

    @pytest.fixture
    def told(self):
        """What listeners were told: the states they saw."""
        seen = []

        def ready(sender, picture, **kwargs):
            seen.append(("ready", picture.pk))

        def rejected(sender, picture, **kwargs):
            seen.append(("rejected", picture.reason))

        picture_ready.connect(ready)
        picture_rejected.connect(rejected)
        yield seen
        picture_ready.disconnect(ready)
        picture_rejected.disconnect(rejected)

    @pytest.fixture(autouse=True)
    def no_broker(self, monkeypatch):
        self.asked = []
        monkeypatch.setattr(Picture, "ask_for_rendering", lambda picture: self.asked.append(picture.pk))

    def test_becomes_ready_with_files_behind_its_renditions(self, told):
        picture = kept_picture(jpeg_bytes(400, 300, orientation=6), "a.jpg")
        assert self.asked == [picture.pk]
        picture.render()
        picture.refresh_from_db()
        assert (picture.state, picture.fallback, picture.sizes) == ("ready", "jpg", [(300, 400)])
        assert told == [("ready", picture.pk)]
        for name in picture.rendition_files:
            with picture.original.storage.open(name) as file, Image.open(file) as image:
                assert image.size == (300, 400)

    def test_rendering_it_again_changes_nothing(self, told):
        picture = kept_picture()
        picture.render()
        picture.render()
        picture.refresh_from_db()
        assert (picture.state, picture.attempts, len(told)) == ("ready", 1, 1)

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            ((SAMPLES / "truncated_jpeg.jpg").read_bytes(), "a.jpg"),
            (png_bytes(64, 48)[:-40], "a.png"),
            (png_header(300, 300) + b"rubbish", "a.png"),
            (SPOILT_WEBP, "a.webp"),
        ],
        ids=["cut jpeg", "cut png", "png of rubbish", "spoilt webp"],
    )
    def test_one_that_cannot_be_read_is_rejected_and_its_owner_told(self, told, content, name):
        picture = kept_picture(content, name)
        picture.render()
        picture.refresh_from_db()
        assert (picture.state, picture.reason, picture.renditions) == ("rejected", "unreadable", [])
        assert told == [("rejected", "unreadable")]

    def test_a_bomb_is_rejected_and_the_worker_lives(self, told, monkeypatch):
        monkeypatch.setattr(rendering, "run_child", lambda job: self.heavy())
        picture = kept_picture()
        picture.render()
        assert told == [("rejected", "too_heavy")]

    @staticmethod
    def heavy():
        raise CouldNotRender("killed", heavy=True)

    def test_one_whose_file_is_gone_is_rejected(self, told):
        picture = kept_picture()
        Path(picture.original.path).unlink()
        picture.render()
        assert told == [("rejected", "lost")]

    def test_one_that_killed_its_worker_three_times_is_given_up(self, told):
        picture = kept_picture(attempts=3)
        picture.render()
        assert told == [("rejected", "too_heavy")]

    def test_it_cannot_be_published_once_rejected_but_while_checking(self):
        from pictures.models import NotReady

        picture = kept_picture()
        picture.publish()
        assert picture.public
        picture.withdraw()
        assert not picture.public
        picture.reject("unreadable")
        with pytest.raises(NotReady):
            picture.publish()

    def test_a_listener_that_fails_does_not_undo_the_rejection(self):
        def broken(**kwargs):
            raise RuntimeError

        picture_rejected.connect(broken)
        try:
            picture = kept_picture()
            picture.reject("unreadable")
        finally:
            picture_rejected.disconnect(broken)
        picture.refresh_from_db()
        assert picture.is_rejected

    def test_its_files_go_with_its_row(self):
        picture = kept_picture()
        picture.render()
        picture.refresh_from_db()
        files = [Path(picture.original.storage.path(name)) for name in picture.stored_files]
        assert len(files) == 3
        assert all(file.exists() for file in files)
        Picture.objects.filter(pk=picture.pk).delete()
        assert not any(file.exists() for file in files)

    def test_one_drawn_by_our_own_code_is_ready_at_once(self):
        picture = Picture.objects.add(png_bytes(64, 48), name="a.png", label="demo", alt="Ett hus", public=True)
        assert (picture.state, picture.alt, picture.public, picture.claimed_for) == ("ready", "Ett hus", True, "demo")
