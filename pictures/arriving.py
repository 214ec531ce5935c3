"""A file of which only the beginning is here, as the header reader sees it: as long as it is going to be."""

import os
from typing import IO


class NotYet(Exception):
    """What was asked for has not come yet."""


class Arriving:
    """The first `here` bytes of a file of `size` bytes. Reading beyond them raises NotYet, not the end of the file."""

    def __init__(self, file: IO[bytes], *, here: int, size: int) -> None:
        self.file, self.here, self.size = file, here, size
        self.position = 0

    def seek(self, position: int, whence: int = os.SEEK_SET) -> int:
        self.position = position + (self.size if whence == os.SEEK_END else 0)
        return self.position

    def read(self, length: int) -> bytes:
        if self.position + length > self.here:
            raise NotYet
        found = os.pread(self.file.fileno(), length, self.position)
        self.position += len(found)
        return found
