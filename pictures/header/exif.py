"""EXIF, as much of it as says which way is up."""

import struct

from pictures.header.source import Source

ORIENTATION = 0x0112
BYTE, SHORT, LONG = 1, 3, 4
MOST_ENTRIES = 1_000


def orientation(source: Source, start: int, length: int) -> int:
    """The orientation (1–8) in the TIFF block of `length` bytes at `start`; 1 when it says nothing sensible.

    Never raises: a broken EXIF block turns nothing and refuses nothing, as in browsers.
    """
    end = min(start + length, source.size)

    def read(position: int, wanted: int) -> bytes | None:
        return source.at(position, wanted) if start <= position and position + wanted <= end else None

    head = read(start, 8)
    if head is None:
        return 1
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(head[:4])
    if order is None:
        return 1
    directory = start + struct.unpack(order + "I", head[4:])[0]
    counted = read(directory, 2)
    if counted is None:
        return 1
    count = min(struct.unpack(order + "H", counted)[0], MOST_ENTRIES, max(0, end - directory - 2) // 12)
    entries = read(directory + 2, count * 12) or b""
    for tag, kind, values, value in struct.iter_unpack(order + "HHI4s", entries):
        if tag == ORIENTATION:
            return _sensible(kind, values, value, order)
    return 1


def _sensible(kind: int, values: int, value: bytes, order: str) -> int:
    letter = {BYTE: "B", SHORT: "H", LONG: "I"}.get(kind)
    if letter is None or values != 1:
        return 1
    number = struct.unpack_from(order + letter, value)[0]
    return number if 1 <= number <= 8 else 1
