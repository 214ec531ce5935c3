"""Pictures for tests, of this app and of those above it.

`ready_picture()` gives a picture with real (tiny) renditions without starting a decoder; `png_bytes`, `jpeg_bytes`
and `webp_bytes` give files; `upload()` wraps one for a form or a client.
"""

import hashlib
import io
import itertools
import struct
import zipfile
import zlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from pictures.models import Picture
from pictures.rendering_child import rendition_sizes
from pictures.visitors import Visitor

ORIENTATION = 0x0112
SCRIPT = b"<script>alert(document.cookie)</script>"
numbers = itertools.count(1)


def drawing(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture whose four corners differ, so that every turn and flip can be told: red, green, blue, white."""
    picture = Image.new("RGB", (width, height), (120, 120, 120))
    half_width, half_height = max(1, width // 2), max(1, height // 2)
    picture.paste((230, 20, 20), (0, 0, half_width, half_height))
    picture.paste((20, 200, 20), (half_width, 0, width, half_height))
    picture.paste((20, 20, 230), (0, half_height, half_width, height))
    picture.paste((250, 250, 250), (half_width, half_height, width, height))
    return picture if mode == "RGB" else picture.convert(mode)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def png_bytes(width: int = 640, height: int = 480, **options: Any) -> bytes:
    return saved(drawing(width, height), "PNG", **options)


def jpeg_bytes(width: int = 640, height: int = 480, *, orientation: int = 0, **options: Any) -> bytes:
    """A JPEG of this size as stored; `orientation` 1–8 writes it into its EXIF."""
    if orientation:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        options["exif"] = exif
    return saved(drawing(width, height), "JPEG", **options)


def webp_bytes(width: int = 640, height: int = 480, **options: Any) -> bytes:
    return saved(drawing(width, height), "WEBP", **options)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that claims this size, however large, in 45 bytes."""
    ihdr = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + ihdr + png_chunk(b"IDAT", b"")


def zipped() -> bytes:
    """A ZIP file with a page in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return file.getvalue()


def upload(content: bytes, name: str = "bild.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def visitor(address: str = "") -> Visitor:
    """Somebody with a session of their own. Without an address, uploads an hour are not counted."""
    return Visitor({}, address)


def kept_picture(content: bytes | None = None, name: str = "bild.png", **fields: Any) -> Picture:
    """A picture as it is right after its upload: stored, `checking`, unclaimed."""
    from pictures.inspection import inspect

    file = ContentFile(png_bytes(64, 48) if content is None else content, name=name)
    picture = Picture.objects.keep(file, inspect(file, name=name), name=name)
    if fields:
        Picture.objects.filter(pk=picture.pk).update(**fields)
        picture.refresh_from_db()
    return picture


def ready_picture(
    *,
    width: int = 640,
    height: int = 480,
    public: bool = False,
    alt: str = "Ett hus",
    claimed: bool = True,
    **fields: Any,
) -> Picture:
    """A picture that has its renditions. Its files are one small drawing, whatever width and height it claims."""
    content = png_bytes(8, 6)
    sizes = rendition_sizes(width, height, [320, 640, 1280, 1920], 4096)
    picture = Picture(
        name=f"bild-{next(numbers)}.png",
        state=Picture.State.READY,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        width=width,
        height=height,
        format="png",
        public=public,
        alt=alt,
        renditions=[list(size) for size in sizes],
        fallback="jpg",
        claimed_for="test" if claimed else "",
        claimed_at=timezone.now() if claimed else None,
    )
    for name, value in fields.items():
        setattr(picture, name, value)
    picture.original.save(picture.name, ContentFile(content), save=False)
    picture.save(force_insert=True)
    small = drawing(8, 6)
    for size in sizes:
        for extension, kind in (("webp", "WEBP"), (picture.fallback, "PNG" if picture.fallback == "png" else "JPEG")):
            picture.original.storage.save(picture.rendition_file(size[0], extension), ContentFile(saved(small, kind)))
    return picture
