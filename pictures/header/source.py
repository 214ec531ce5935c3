import os
from typing import BinaryIO


class OutOfBounds(Exception):
    """A header pointed outside its file, or broke off."""


class Source:
    """A file to read by position. No read is larger than 64 KiB, and none leaves the file."""

    MOST = 65_536

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, os.SEEK_END)

    def at(self, position: int, length: int) -> bytes:
        """Exactly `length` bytes from `position`. Raises OutOfBounds when the file does not have them."""
        if not 0 <= length <= self.MOST or position < 0 or position + length > self.size:
            raise OutOfBounds
        self.file.seek(position)
        found = self.file.read(length)
        if len(found) != length:
            raise OutOfBounds
        return found

    def start(self, length: int) -> bytes:
        """The first `length` bytes, or all of a shorter file."""
        return self.at(0, min(length, self.size))
