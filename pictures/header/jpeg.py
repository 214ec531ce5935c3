"""JPEG: a chain of segments, each saying its own length, so we seek from one to the next."""

import re
import struct

from pictures.header import exif
from pictures.header.result import NAMES, Header
from pictures.header.source import OutOfBounds, Source

NAME = NAMES["jpeg"]

MOST_SEGMENTS = 256
MOST_JUNK = 4_096
"""Bytes of fill or rubbish we look through for the next marker, as decoders do."""
MOST_JUNK_IN_ALL = 16_384
"""The same for the whole file: looking through it 256 times would cost more than any picture is worth."""

START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
END_OF_IMAGE, START_OF_SCAN, APP1 = 0xD9, 0xDA, 0xE1
MARKER = re.compile(rb"\xff([^\x00\xff])")


def recognises(start: bytes) -> bool:
    return start.startswith(b"\xff\xd8\xff")


def read(source: Source) -> Header:
    """Raises OutOfBounds when no frame is found in the first 256 segments. An MPO is its first JPEG."""
    position = 2
    size: tuple[int, int] | None = None
    turned: int | None = None
    junk = 0
    for _ in range(MOST_SEGMENTS):
        try:
            marker, after = _next_marker(source, position)
            junk += after - position - 2
            if junk > MOST_JUNK_IN_ALL:
                raise OutOfBounds
            position = after
            if marker in STANDALONE:
                continue
            if marker in (START_OF_SCAN, END_OF_IMAGE):
                break
            (length,) = struct.unpack(">H", source.at(position, 2))
            if length < 2:
                raise OutOfBounds
            if marker in START_OF_FRAME and size is None:
                height, width = struct.unpack(">HH", source.at(position + 3, 4))
                size = width, height
            elif marker == APP1 and turned is None and length >= 16 and source.at(position + 2, 6) == b"Exif\0\0":
                turned = exif.orientation(source, position + 8, length - 8)
            position += length
        except OutOfBounds:
            if size is None:
                raise
            break
    if size is None or 0 in size:
        raise OutOfBounds
    return Header("jpeg", *size, orientation=turned or 1)


def _next_marker(source: Source, position: int) -> tuple[int, int]:
    """The next marker from `position` and the place after it."""
    near = source.at(position, 2)
    if near[0] == 0xFF and near[1] not in (0x00, 0xFF):
        return near[1], position + 2
    found = MARKER.search(source.at(position, min(MOST_JUNK, source.size - position)))
    if found is None:
        raise OutOfBounds
    return found[1][0], position + found.end()
