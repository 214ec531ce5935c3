"""The server's own settings, but for its patience: who says so may be silent for a second and not for a minute.

Only who says so: on a busy machine everybody else may be silent for a second, too.
"""

from typing import Any

from config import gunicorn as real
from config.gunicorn import *  # noqa: F403


def pre_request(worker: Any, request: Any) -> None:
    real.SILENCE = 1 if ("X-SILENCE", "1") in request.headers else 60
    real.pre_request(worker, request)
