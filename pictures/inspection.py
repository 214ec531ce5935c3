"""The synchronous check of an upload, cheapest question first. See docs/pictures.md for why in this order."""

from pathlib import PurePosixPath
from typing import BinaryIO, cast

from django.core.files.base import File

from pictures.header import Header, read_header
from pictures.limits import MAX_BYTES, MAX_PIXELS, MAX_SIDE
from pictures.refusals import (
    Animated,
    Empty,
    Heic,
    NotStored,
    TooLarge,
    TooLong,
    TooManyPixels,
    TooNarrow,
    WrongExtension,
    WrongType,
)
from pictures.uploads import LostUpload

EXTENSIONS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp"}


def inspect(file: File, *, name: str, min_width: int = 1) -> Header:
    """The header of a picture we can take; `min_width` is in pixels after turning. Raises a Refusal otherwise."""
    size = file.size or 0
    if isinstance(file, LostUpload) and size <= MAX_BYTES:
        raise NotStored
    extension = inspect_announced(name, size)
    header = read_header(cast(BinaryIO, file.file))
    if header.format != EXTENSIONS[extension]:
        raise WrongType(extension, header.name)
    check_dimensions(header, min_width)
    return header


def inspect_announced(name: str, size: int) -> str:
    """The ending of a file of which only name and size are known. Raises a Refusal when they are enough to tell."""
    if not size:
        raise Empty
    if size > MAX_BYTES:
        raise TooLarge(size)
    extension = PurePosixPath(name.lower()).suffix.removeprefix(".")
    if extension in {"heic", "heif"}:
        raise Heic
    if extension not in EXTENSIONS:
        raise WrongExtension(extension)
    return extension


def check_dimensions(header: Header, min_width: int) -> None:
    if header.animated:
        raise Animated(header.name)
    if max(header.width, header.height) > MAX_SIDE:
        raise TooLong(header.width, header.height)
    if header.width * header.height > MAX_PIXELS:
        raise TooManyPixels(header.width, header.height)
    if header.width < min_width:
        raise TooNarrow(header.width, min_width, turned=header.turned)
