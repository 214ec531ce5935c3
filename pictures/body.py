"""The body of a request that is all file: read in pieces and never parsed."""

import contextlib
from collections.abc import Iterator

from django.http import HttpRequest

from pictures.line import Line
from pictures.middleware import declared_length

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
        while self.left > 0:
            yield self._read()

    def drop(self) -> None:
        """Read on and keep nothing, where that is soon done. Otherwise the server closes the connection."""
        if self.left > WORTH_DROPPING:
            return
        with contextlib.suppress(BrokeOff):
            while self.left > 0:
                self._read()

    def _read(self) -> bytes | memoryview:
        try:
            piece = self.line.read(self.left) if self.line else self.request.read(min(65_536, self.left))
        except OSError:
            raise BrokeOff from None
        if not self.begun:
            self.begun = True
            self.line = Line.below(self.request)
        if not piece:
            raise BrokeOff
        self.left -= len(piece)
        return piece
