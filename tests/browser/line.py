"""A line between a browser and the site that is as slow as it is told to be, and can break."""

import contextlib
import socket
import struct
import threading
import time
from urllib.parse import urlsplit

PIECE = 65_536


class Line:
    """Hands on what comes at `url`. With `breaks_after`, the first connection to carry so many bytes breaks, once.

    `went_up` is the number of bytes that browsers have sent. `pause` is in seconds for each 64 KiB that go up.
    """

    def __init__(self, site: str) -> None:
        self.site = urlsplit(site)
        self.pause = 0.0
        self.breaks_after: int | None = None
        self.is_down = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self.listener.getsockname()[1]}"
        self.went_up = 0
        self.open: set[socket.socket] = set()
        # Whoever cuts the line while a connection is being made cuts that one too.
        self.making = threading.Lock()
        self.counting = threading.Lock()
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()

    def close(self) -> None:
        # Closed alone, the thread would go on waiting at the number of the file, which may be another line's by then.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.accepting.join()
        self.listener.close()
        self.cut()

    def cut(self) -> None:
        """End every connection as a network does that is gone."""
        with self.making:
            for each in list(self.open):
                self._reset(each)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                with self.making:
                    if self.is_down:
                        self._reset(near)
                    else:
                        self._connect(near)

    def _connect(self, near: socket.socket) -> None:
        far = socket.create_connection((self.site.hostname, self.site.port))
        self.open |= {near, far}
        for source, target, is_up in ((near, far, True), (far, near, False)):
            threading.Thread(target=self._carry, args=(source, target, is_up), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, is_up: bool) -> None:
        carried = 0
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                carried += len(piece)
                if is_up and self._breaks(len(piece), carried):
                    self._reset(source)
                    break
                target.sendall(piece)
                if is_up:
                    time.sleep(self.pause * len(piece) / PIECE)
        for each in (source, target):
            self.open.discard(each)
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _breaks(self, more: int, carried: int) -> bool:
        """Counts what goes up; whether the connection that carries it breaks here, which only one does."""
        with self.counting:
            self.went_up += more
            if self.breaks_after is None or carried <= self.breaks_after:
                return False
            self.breaks_after = None
            return True

    @staticmethod
    def _reset(end: socket.socket) -> None:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.shutdown(socket.SHUT_RDWR)
        end.close()
