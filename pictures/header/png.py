"""PNG: chunks with a length, a type and a checksum. All we ask stands before the first IDAT."""

import struct
import zlib

from pictures.header import exif
from pictures.header.result import NAMES, Header
from pictures.header.source import OutOfBounds, Source

NAME = NAMES["png"]
SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 256
MOST_LENGTH = 2**31 - 1


def recognises(start: bytes) -> bool:
    return start.startswith(SIGNATURE)


def read(source: Source) -> Header:
    """Raises OutOfBounds when IHDR is broken, or no picture data begins within 256 chunks."""
    length, kind = struct.unpack(">I4s", source.at(8, 8))
    if kind != b"IHDR" or length != 13:
        raise OutOfBounds
    body, (checksum,) = source.at(16, 13), struct.unpack(">I", source.at(29, 4))
    if zlib.crc32(kind + body) != checksum:
        raise OutOfBounds
    width, height = struct.unpack(">II", body[:8])
    if not (0 < width <= MOST_LENGTH and 0 < height <= MOST_LENGTH):
        raise OutOfBounds
    position, turned = 33, 1
    for _ in range(MOST_CHUNKS):
        length, kind = struct.unpack(">I4s", source.at(position, 8))
        if kind == b"IDAT":
            return Header("png", width, height, orientation=turned)
        if length > MOST_LENGTH or kind == b"IEND":
            raise OutOfBounds
        if kind == b"acTL":
            # Told at once: the picture may be long in coming.
            return Header("png", width, height, animated=True)
        if kind == b"eXIf":
            turned = exif.orientation(source, position + 8, length)
        position += 12 + length
    raise OutOfBounds
