import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from pictures.header import Header, read_header
from pictures.header.source import Source
from pictures.refusals import Damaged, Empty, Heic, NotAPicture
from tests.pictures.factories import (
    ORIENTATION,
    drawing,
    jpeg_bytes,
    png_bytes,
    png_chunk,
    png_header,
    saved,
    webp_bytes,
)

SAMPLES = Path(__file__).parent / "samples"


def header(content: bytes) -> Header:
    return read_header(io.BytesIO(content))


def exif(orientation: int, order: str = "<") -> bytes:
    """A TIFF block with an orientation, little- or big-endian."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(order + "IHHHIHHI", 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)


def with_exif_segment(jpeg: bytes, block: bytes) -> bytes:
    body = b"Exif\0\0" + block
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


@pytest.mark.parametrize(
    ("content", "kind"), [(png_bytes(31, 17), "png"), (jpeg_bytes(31, 17), "jpeg"), (webp_bytes(31, 17), "webp")]
)
def test_says_the_type_and_the_size_in_pixels(content, kind):
    assert header(content) == Header(kind, 31, 17)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_turns_width_and_height_as_it_is_seen(kind, orientation):
    noted = Image.Exif()
    noted[ORIENTATION] = orientation
    found = header(saved(drawing(40, 20), kind, exif=noted))
    assert found.orientation == orientation
    assert (found.width, found.height) == ((20, 40) if orientation >= 5 else (40, 20))


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_is_read_in_both_byte_orders(order):
    assert header(with_exif_segment(jpeg_bytes(40, 20), exif(6, order))).orientation == 6


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"XX*\0" + bytes(20),
        exif(9),
        exif(0),
        b"II*\0" + struct.pack("<I", 4_000_000_000),
        b"II*\0" + struct.pack("<IH", 8, 65_535),
        b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, ORIENTATION, 2, 1, 6, 0, 0),
    ],
)
def test_exif_that_makes_no_sense_turns_nothing(block):
    assert header(with_exif_segment(jpeg_bytes(40, 20), block)).orientation == 1


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 100, "subsampling": 0}])
def test_jpegs_of_every_make(options):
    assert header(jpeg_bytes(33, 21, **options)) == Header("jpeg", 33, 21)
    assert header(saved(drawing(33, 21, "CMYK"), "JPEG")) == Header("jpeg", 33, 21)


def test_an_mpo_is_its_first_jpeg():
    content = saved(drawing(33, 21), "MPO", save_all=True, append_images=[drawing(33, 21)])
    assert header(content) == Header("jpeg", 33, 21)


def test_rubbish_and_fill_bytes_between_jpeg_segments_are_passed_over():
    content = jpeg_bytes(33, 21)
    assert header(content[:2] + b"\xff" * 50 + content[2:]) == Header("jpeg", 33, 21)
    assert header(content[:20] + b"\0junk" + content[20:]) == Header("jpeg", 33, 21)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16"])
def test_pngs_of_every_colour_type(mode):
    picture = Image.new("I;16", (33, 21)) if mode == "I;16" else drawing(33, 21, mode)
    assert header(saved(picture, "PNG")) == Header("png", 33, 21)


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 50}, {"exif": exif(1)}])
def test_webps_of_every_kind(options):
    assert header(webp_bytes(33, 21, **options)) == Header("webp", 33, 21)
    assert header(saved(drawing(33, 21, "RGBA"), "WEBP", **options)) == Header("webp", 33, 21)


def test_a_real_webp_and_a_real_jpeg():
    assert header((SAMPLES / "hopper.webp").read_bytes()) == Header("webp", 128, 128)
    with Image.open(SAMPLES / "exif_gps.jpg") as seen:
        assert header((SAMPLES / "exif_gps.jpg").read_bytes()).width == seen.width


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_says_that_a_picture_is_animated(kind):
    frames = [Image.new("RGB", (33, 21), colour) for colour in ("red", "blue")]
    assert header(saved(frames[0], kind, save_all=True, append_images=frames[1:])) == Header(
        kind.lower(), 33, 21, animated=True
    )


def test_an_empty_file_is_empty():
    with pytest.raises(Empty):
        header(b"")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"GIF89a" + bytes(20), "GIF"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
        (b"\xef\xbb\xbf <svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"BM" + bytes(40), "BMP"),
        (b"II*\0" + bytes(40), "TIFF"),
        (b"PK\x03\x04" + bytes(40), "ZIP or Office"),
        (b"\0\0\0\x1cftypavif" + bytes(20), "AVIF"),
        (b"\0\0\0\x1cftypisom" + bytes(20), "video"),
        (b"plain words", ""),
        (b"\xff", ""),
        (bytes(5), ""),
    ],
)
def test_what_is_no_picture_is_named_when_it_is_known(content, found):
    with pytest.raises(NotAPicture) as refused:
        header(content)
    assert refused.value.found == found


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"hevx"])
def test_heic_has_a_refusal_of_its_own(brand):
    with pytest.raises(Heic):
        header(b"\0\0\0\x1cftyp" + brand + bytes(20))


@pytest.mark.parametrize("content", [png_bytes(33, 21), jpeg_bytes(33, 21), webp_bytes(33, 21, exif=exif(6))])
def test_a_file_cut_anywhere_is_refused_or_read_right_and_never_breaks(content):
    whole = header(content)
    for length in range(1, len(content)):
        try:
            found = header(content[:length])
        except (Damaged, NotAPicture):
            continue
        assert (found.stored_width, found.stored_height) == (whole.stored_width, whole.stored_height)


@pytest.mark.parametrize(
    "content", [png_bytes(33, 21), jpeg_bytes(33, 21, orientation=6), webp_bytes(33, 21, exif=exif(6))]
)
def test_a_file_with_any_byte_changed_never_breaks(content):
    for position in range(min(len(content), 400)):
        for value in (0x00, 0xFF, content[position] ^ 0x80):
            changed = content[:position] + bytes([value]) + content[position + 1 :]
            try:
                header(changed)
            except (Damaged, NotAPicture):
                continue


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xda\0\x08",
        b"\xff\xd8\xff\xfe\0\x01" + bytes(99),
        b"\xff\xd8" + b"\xff" * 100_000,
        b"\xff\xd8" + b"\xff\xfe\0\x02" * 300 + jpeg_bytes(9, 9)[2:],
        b"\xff\xd8" + (b"\xff" * 4_000 + b"\xfe\0\x02") * 5 + jpeg_bytes(9, 9)[2:],
        b"\xff\xd8\xff\xc0\0\x0b\x08\0\0\0\x10\x01\x01\x11\0" + bytes(20),
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IEND", b""),
        png_header(33, 21)[:29] + b"\0\0\0\0" + png_chunk(b"IDAT", b""),
        png_header(0, 21),
        png_header(33, 2**31),
        png_header(33, 21)[:33] + png_chunk(b"teXt", b"") * 300 + png_chunk(b"IDAT", b""),
        png_header(33, 21)[:33] + struct.pack(">I4s", 2**31 - 1, b"prVt") + bytes(40),
        b"RIFF\x10\0\0\0WEBPVP8 " + bytes(10),
        b"RIFF\xff\xff\xff\xffWEBPVP8X" + bytes(40),
        b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(10),
        b"RIFF\x20\0\0\0WEBPJUNK" + bytes(40),
    ],
)
def test_a_header_that_cannot_be_is_damaged(content):
    with pytest.raises(Damaged):
        header(content)


def test_leaves_the_file_at_its_beginning():
    file = io.BytesIO(png_bytes(33, 21))
    file.read(7)
    read_header(file)
    assert file.tell() == 0


def huge_png(path: Path, size: int = 200 * 1024 * 1024) -> Path:
    """A valid PNG of `size` bytes whose bulk is one private chunk before the picture: a hole on disk."""
    content = png_bytes(640, 480)
    bulk = size - len(content) - 12
    with path.open("wb") as file:
        file.write(content[:33] + struct.pack(">I4s", bulk, b"prVt"))
        file.seek(bulk, io.SEEK_CUR)
        file.write(struct.pack(">I", 0) + content[33:])
    return path


def test_a_200_mib_file_costs_what_a_small_one_does(tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr(Source, "at", lambda self, *at, _at=Source.at: read.append(at[1]) or _at(self, *at))
    with huge_png(tmp_path / "huge.png").open("rb") as file:
        assert read_header(file) == Header("png", 640, 480)
    assert sum(read) < 200


def test_190_mib_of_jpeg_comments_after_the_frame_are_never_read(tmp_path, monkeypatch):
    content = jpeg_bytes(640, 480)
    frame = content.index(b"\xff\xc0") + 2 + struct.unpack(">H", content[content.index(b"\xff\xc0") + 2 :][:2])[0]
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.write(content[:frame])
        for _ in range(3_000):
            file.write(b"\xff\xfe\xff\xff")
            file.seek(65_533, io.SEEK_CUR)
        file.write(content[frame:])
    read = []
    monkeypatch.setattr(Source, "at", lambda self, *at, _at=Source.at: read.append(at[1]) or _at(self, *at))
    with path.open("rb") as file:
        assert read_header(file) == Header("jpeg", 640, 480)
    assert sum(read) < 2_000


def test_a_small_file_that_claims_to_be_huge_is_only_measured():
    content = png_header(2**31 - 1, 2**31 - 1)
    assert zlib.crc32(content[12:29]) == int.from_bytes(content[29:33], "big")
    assert header(content) == Header("png", 2**31 - 1, 2**31 - 1)
