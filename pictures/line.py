"""The connection below the server's own reader of bodies."""

import contextlib
import os
import socket
from typing import Any

from django.http import HttpRequest

BUFFER = 1_048_576


class Line:
    """Reads what is left of a body straight from gunicorn's socket, into one buffer that is used again and again.

    gunicorn hands over bytes that it has copied four times, which 200 MiB feel; and it hands a piece over whole, so
    what has come of one is lost when the connection breaks. Here every byte that has come is handed over at once.
    """

    def __init__(self, connection: socket.socket, body: Any, early: bytes) -> None:
        self.connection = connection
        self.body = body
        self.early = early
        self.buffer = memoryview(bytearray(BUFFER))

    @classmethod
    def below(cls, request: HttpRequest) -> "Line | None":
        """The line of a request whose body has been read from once; None for other servers, and where gunicorn's reader
        looks otherwise than we know: then it is read as usual."""
        environ = getattr(request, "environ", {})
        connection: Any = environ.get("gunicorn.socket")
        body: Any = environ.get("wsgi.input")
        reader: Any = getattr(body, "reader", None)
        unreader: Any = getattr(reader, "unreader", None)
        known = hasattr(body, "buf") and hasattr(unreader, "take_buffered")
        known = known and isinstance(getattr(reader, "length", None), int)
        # A subclass would be one that speaks TLS: below it lies what only it can read.
        if type(connection) is not socket.socket or not known or body.buf.tell():
            return None
        held = unreader.take_buffered()
        early, next_request = held[: reader.length], held[reader.length :]
        if next_request:
            unreader.unread(next_request)
        return cls(connection, body, early)

    def read(self, size: int) -> memoryview:
        """At most `size` bytes, as soon as there are any; good until the next call. Empty when the sender has left.

        Raises OSError.
        """
        try:
            got = self._into(self.buffer[: min(size, BUFFER)])
        except OSError:
            # Where the next request begins is no longer known.
            self.body.failed = True
            raise
        self.body.reader.length -= got
        return self.buffer[:got]

    def _into(self, room: memoryview) -> int:
        if self.early:
            got = min(len(self.early), len(room))
            room[:got], self.early = self.early[:got], self.early[got:]
            return got
        got = self.connection.recv_into(room)
        return got + self._more_into(room[got:]) if got else 0

    def _more_into(self, room: memoryview) -> int:
        """What else is there already. On a fast line that is much, and every piece has its cost."""
        got = 0
        # One with a time limit does not block. What is wrong with it shows at the next call.
        with contextlib.suppress(OSError):
            while self.connection.gettimeout() and (more := os.readv(self.connection.fileno(), [room[got:]])):
                got += more
        return got
