"""The body of a request that is all file: read in pieces and never parsed."""

import contextlib
import time
from collections.abc import Iterator

from django.http import HttpRequest

from pictures.line import Line
from pictures.middleware import declared_length

SMALLEST, FIRST, LARGEST = 16_384, 65_536, 1_048_576
"""Bytes asked for at a time. A server that lets us not down to the line hands a piece over whole: on a slow one large
pieces would be lost in part when the connection breaks, on a fast one small ones cost more than what is in them."""

HURRIED, SLOW = 0.05, 0.5
"""Seconds that a piece takes on a line where the next may be larger, and where it has to be smaller."""

WORTH_DROPPING = 16 * 1_048_576
"""Bytes of a refused body that are read and dropped, so that a browser, which sends all first, gets to the answer."""


class BrokeOff(Exception):
    """The sender left, or said nothing more, before everything that was announced had come."""


class Body:
    """What a request brings; `left` is how many bytes of it are still to be read."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.length = self.left = declared_length(request)
        self.line: Line | None = None
        self.begun = False

    def pieces(self) -> Iterator[bytes | memoryview]:
        """Each is good until the next. Raises BrokeOff."""
        size = FIRST
        while self.left > 0:
            started = time.monotonic()
            piece = self._read(min(size, self.left))
            took = time.monotonic() - started
            yield piece
            if took < HURRIED:
                size = min(LARGEST, size * 2)
            elif took > SLOW:
                size = max(SMALLEST, size // 2)

    def drop(self) -> None:
        """Read on and keep nothing, where that is soon done. Otherwise the server closes the connection."""
        if self.left > WORTH_DROPPING:
            return
        with contextlib.suppress(BrokeOff):
            while self.left > 0:
                self._read(min(LARGEST, self.left))

    def _read(self, size: int) -> bytes | memoryview:
        try:
            piece = self.line.read(size) if self.line else self.request.read(size)
        except OSError:
            raise BrokeOff from None
        if not self.begun:
            self.begun = True
            self.line = Line.below(self.request)
        if not piece:
            raise BrokeOff
        self.left -= len(piece)
        return piece
