"""TCP ports on this machine."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def is_free(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@contextmanager
def kept_port() -> Iterator[int]:
    """A free port for a server that is yet to start: on Linux the system gives it to nobody else meanwhile.

    There a server that shares its address, as ours do, may listen where another socket is bound and does not listen.
    """
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(("127.0.0.1", 0))
        port = int(place.getsockname()[1])
        if not sys.platform.startswith("linux"):
            place.close()
        yield port


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return int(attempt.getsockname()[1])
