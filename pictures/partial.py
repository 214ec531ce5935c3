"""A transferred file as it grows on disk. Its size is the truth about what has come, whoever was killed meanwhile."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pictures.uploads import SpooledUpload

PATIENCE = 1.0
"""Seconds to wait for somebody who writes, or finishes, at the same moment."""


class Gone(Exception):
    """There is no such file here: ended, finished long ago, or on the disk of another host."""


class Busy(Exception):
    """Somebody else is finishing the same transfer."""


class Overtaken(Exception):
    """The file does not end where we thought: a newer connection of the same sender goes on in our place."""


@contextlib.contextmanager
def held(file: IO[bytes]) -> Iterator[None]:
    """Nobody else on this host writes to the file meanwhile. The hold dies with its process. Raises Busy."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Busy from None
            time.sleep(0.01)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


class Partial:
    """What has come of one file, at `path`. Sizes and positions are in bytes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self) -> None:
        os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)

    @property
    def size(self) -> int:
        """Raises Gone."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            raise Gone from None

    @contextlib.contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Unbuffered: what is written is there for whoever comes after a kill. Raises Gone."""
        try:
            file = self.path.open("r+b", buffering=0)
        except FileNotFoundError:
            raise Gone from None
        with file:
            yield file

    @staticmethod
    def append(file: IO[bytes], piece: bytes | memoryview, position: int) -> int:
        """Write the piece at the end, if that is still `position`; returns the new end.

        The hold is for one piece only. Somebody whose connection broke comes back before we have noticed, and must not
        wait a minute for us to give up. Raises Overtaken and Gone; OSError when the disk takes no more.
        """
        with held(file):
            state = os.fstat(file.fileno())
            if not state.st_nlink:
                raise Gone
            if state.st_size != position:
                raise Overtaken
            rest = memoryview(piece)
            while rest:
                written = os.pwrite(file.fileno(), rest, position)
                position += written
                rest = rest[written:]
        return position

    @contextlib.contextmanager
    def as_upload(self, name: str) -> Iterator[SpooledUpload]:
        """The whole file as an upload, under a second name that a storage may rename away.

        The first name stays until the picture's row is safe: a process killed in between loses nothing.
        """
        twin = self.path.with_suffix(".upload")
        twin.unlink(missing_ok=True)
        try:
            os.link(self.path, twin)
        except OSError:
            twin = self.path  # a file system without links hands over the only name there is
        try:
            with twin.open("rb") as file:
                yield SpooledUpload(file, name=name, size=self.size)
        finally:
            if twin != self.path:
                twin.unlink(missing_ok=True)
