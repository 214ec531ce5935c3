"""Mails that came through the pipe and take a person: a Maildir of our own, for a pipe leaves nothing anywhere else."""

import os
import time
import uuid
from pathlib import Path

from django.conf import settings

from newsletter.models.bounce import KEPT


def folder() -> Path:
    return Path(settings.VAR_DIR) / "mails-for-a-person"


def keep(raw: bytes) -> Path:
    """Store the mail, whole or not at all, and say where."""
    for name in ("tmp", "new", "cur"):
        (folder() / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{time.time():.6f}.{uuid.uuid4().hex}"
    unfinished, finished = folder() / "tmp" / name, folder() / "new" / name
    with unfinished.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(finished)
    return finished


def forget_old() -> None:
    oldest = time.time() - KEPT.total_seconds()
    for path in folder().glob("*/*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
