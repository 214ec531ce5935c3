"""Turns an original into renditions, in a child process that may fail without taking the worker with it."""

import errno
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.conf import settings

from pictures.limits import MAX_RENDITION_HEIGHT, WIDTHS
from pictures.rendering_child import DISK_FULL, OUT_OF_MEMORY
from pictures.uploads import spool_dir

if TYPE_CHECKING:
    from pictures.models.picture import Picture

MEMORY = 2_560 * 1024 * 1024
"""Bytes of address space the child may have. Measured: 120 million pixels with transparency take 2 GiB as WebP, 1.5 as
PNG and 1 as JPEG; the rest is for a file of 200 MiB, which the decoders hold whole."""

CPU_SECONDS = 60
SECONDS = 120


class CouldNotRender(Exception):
    """The child gave up, was stopped by a limit or ran out of time; `heavy` tells the last two from a broken file."""

    def __init__(self, message: str, *, heavy: bool = False) -> None:
        super().__init__(message)
        self.heavy = heavy


@dataclass(frozen=True)
class Rendering:
    """Finished renditions in a folder that lives as long as the `rendered` block. Sizes are in pixels; `sha256` is the
    original's, in hex."""

    folder: Path
    sizes: list[tuple[int, int]]
    fallback: str
    sha256: str

    def open(self, width: int, extension: str) -> IO[bytes]:
        return (self.folder / f"{width}.{extension}").open("rb")


@contextmanager
def rendered(picture: "Picture") -> Iterator[Rendering]:
    """Renditions of the picture's original.

    Raises CouldNotRender; FileNotFoundError when the original is gone; OSError when the disk or the store fails.
    """
    with tempfile.TemporaryDirectory(dir=spool_dir(), prefix="rendering-") as name:
        folder = Path(name)
        source = _local_copy(picture, folder)
        job = {
            "source": source,
            "folder": str(folder),
            "format": picture.format,
            "orientation": picture.orientation,
            "size": [picture.width, picture.height],
            "widths": WIDTHS,
            "max_height": MAX_RENDITION_HEIGHT,
            "memory": MEMORY,
            "cpu_seconds": CPU_SECONDS,
        }
        answer = run_child(job)
        sizes = [(width, height) for width, height in answer["sizes"]]
        yield Rendering(folder, sizes, answer["fallback"], _checksum(source))


def run_child(job: dict, *, seconds: float = SECONDS) -> dict:
    """Hand `job` to a fresh interpreter and return its answer.

    A new process rather than a fork, with an empty environment: no secrets, connections or memory of ours are in it.
    """
    try:
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-E", "-s", "-m", "pictures.rendering_child", json.dumps(job)],
            cwd=settings.BASE_DIR,
            env={"LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CouldNotRender(f"not finished after {seconds} seconds", heavy=True) from None
    if child.returncode == 0:
        return json.loads(child.stdout)
    if child.returncode == DISK_FULL:
        raise OSError(errno.ENOSPC, "the disk is full")
    said = child.stderr.decode(errors="replace").strip().rpartition("\n")[2][:300]
    raise CouldNotRender(
        f"child ended with {child.returncode}: {said}", heavy=child.returncode < 0 or child.returncode == OUT_OF_MEMORY
    )


def _local_copy(picture: "Picture", folder: Path) -> str:
    """A path to the original; copied first when the storage is not a disk of ours."""
    storage = picture.original.storage
    try:
        path = storage.path(str(picture.original.name))
    except NotImplementedError:
        copy = folder / "original"
        with picture.original.open("rb") as far, copy.open("wb") as near:
            shutil.copyfileobj(far, near)
        return str(copy)
    if not Path(path).is_file():
        raise FileNotFoundError(path)
    return path


def _checksum(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
