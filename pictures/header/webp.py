"""WebP: a RIFF container of chunks, padded to even lengths."""

import struct

from pictures.header import exif
from pictures.header.result import NAMES, Header
from pictures.header.source import OutOfBounds, Source

NAME = NAMES["webp"]
MOST_CHUNKS = 256
ANIMATION = 0x02


def recognises(start: bytes) -> bool:
    return start[:4] == b"RIFF" and start[8:12] == b"WEBP"


def read(source: Source) -> Header:
    """Raises OutOfBounds when the container says it is longer than the file, or the first chunk is no picture."""
    (riff_length,) = struct.unpack("<I", source.at(4, 4))
    end = 8 + riff_length
    if end > source.size:
        raise OutOfBounds
    kind = source.at(12, 4)
    if kind == b"VP8 ":
        return Header("webp", *_lossy(source.at(20, 10)))
    if kind == b"VP8L":
        return Header("webp", *_lossless(source.at(20, 5)))
    if kind == b"VP8X":
        return _extended(source, end)
    raise OutOfBounds


def _lossy(frame: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", frame, 6)
    if frame[0] & 1 or frame[3:6] != b"\x9d\x01\x2a" or not width & 0x3FFF or not height & 0x3FFF:
        raise OutOfBounds
    return width & 0x3FFF, height & 0x3FFF


def _lossless(frame: bytes) -> tuple[int, int]:
    if frame[0] != 0x2F:
        raise OutOfBounds
    (bits,) = struct.unpack_from("<I", frame, 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _extended(source: Source, end: int) -> Header:
    body = source.at(20, 10)
    width = int.from_bytes(body[4:7], "little") + 1
    height = int.from_bytes(body[7:10], "little") + 1
    # Told at once: the rest may be long in coming.
    if body[0] & ANIMATION:
        return Header("webp", width, height, animated=True)
    turned, seen = 1, False
    position = 12
    for _ in range(MOST_CHUNKS):
        if position + 8 > end:
            break
        kind, length = struct.unpack("<4sI", source.at(position, 8))
        if position + 8 + length > end:
            raise OutOfBounds
        if kind in (b"ANIM", b"ANMF"):
            return Header("webp", width, height, animated=True)
        seen = seen or kind in (b"VP8 ", b"VP8L")
        if kind == b"EXIF":
            turned = _orientation(source, position + 8, length)
        position += 8 + length + length % 2
    if not seen:
        raise OutOfBounds
    return Header("webp", width, height, orientation=turned)


def _orientation(source: Source, start: int, length: int) -> int:
    """Some writers keep JPEG's “Exif” prefix before the TIFF block, some do not."""
    if length >= 6 and source.at(start, 6) == b"Exif\0\0":
        return exif.orientation(source, start + 6, length - 6)
    return exif.orientation(source, start, length)
