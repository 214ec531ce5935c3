"""A WSGI application that reads what it is sent: the least an upload can cost on our server stack.

At `/forget` the bytes are forgotten, at `/copy` they are written to a file, which is then deleted.
"""

import os
import tempfile
from collections.abc import Callable, Iterable
from typing import Any

PIECE = 1_048_576
"""Bytes read at a time: with this many gunicorn is at its fastest."""


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    read = environ["wsgi.input"].read
    if environ["PATH_INFO"] == "/copy":
        with tempfile.TemporaryFile(dir=os.environ["VAR_DIR"], buffering=0) as copy:
            while piece := read(PIECE):
                copy.write(piece)
    else:
        while read(PIECE):
            pass
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
