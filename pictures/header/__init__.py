"""Reads what a picture file says about itself, without decoding it and without trusting it.

`read_header(file)` takes any seekable binary file and reads a few hundred bytes of it, never past its end: a 200 MiB
file costs what a small one does. The bytes decide the type; the name does not.
"""

from typing import BinaryIO

from pictures.header import jpeg, png, webp
from pictures.header.kinds import other_kind
from pictures.header.result import Header
from pictures.header.source import OutOfBounds, Source
from pictures.refusals import Damaged, Empty, Heic, NotAPicture

__all__ = ["Header", "read_header"]

READERS = (jpeg, png, webp)


def read_header(file: BinaryIO) -> Header:
    """The file's type, size in pixels and orientation; leaves the file at its beginning.

    Raises the refusals Empty, Heic, NotAPicture and Damaged. Limits on the size are the caller's: see `inspection`.
    """
    source = Source(file)
    try:
        if not source.size:
            raise Empty
        start = source.start(32)
        for reader in READERS:
            if reader.recognises(start):
                try:
                    return reader.read(source)
                except OutOfBounds:
                    raise Damaged(reader.NAME) from None
        found = other_kind(start)
        raise Heic if found == "HEIC" else NotAPicture(found)
    finally:
        file.seek(0)
