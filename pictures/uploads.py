"""Takes uploaded files straight to disk, and keeps nothing of what is over the limit."""

import contextlib
import logging
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from pictures.limits import MAX_BYTES

logger = logging.getLogger(__name__)

SMALL = 65_536
"""Bytes kept in memory before a file goes to disk."""


def spool_dir() -> Path:
    """Where uploads wait until a form has looked at them; what a stopped process leaves here is swept."""
    path = Path(settings.VAR_DIR) / "uploads"
    path.mkdir(parents=True, exist_ok=True)
    return path


class OverlongUpload(OSError):
    """Somebody tried to read a file that was larger than we take, or that no disk had room for: it was not kept."""


class SpooledUpload(UploadedFile):
    """An upload on disk, which a storage on the same disk can take by renaming."""

    def temporary_file_path(self) -> str:
        return self.file.name  # type: ignore[union-attr]

    def close(self) -> None:
        with contextlib.suppress(FileNotFoundError):  # a storage renamed it away: it is no longer temporary
            self.file.close()  # type: ignore[union-attr]


class RefusedUpload(UploadedFile):
    """An upload over the limit: its real size and name, so that a form can say so, and none of its content."""

    def read(self, *args: Any) -> bytes:
        raise OverlongUpload(f"{self.name} was {self.size} bytes; it was not kept.")

    def chunks(self, chunk_size: int | None = None) -> Any:
        return self.read()

    multiple_chunks = open = seek = read  # type: ignore[assignment]


class LostUpload(RefusedUpload):
    """An upload that our disk could not take: nothing is wrong with it."""


class SpoolingUploadHandler(FileUploadHandler):
    """Memory to 64 KiB, then a file in VAR_DIR/uploads, then, beyond MAX_BYTES, nothing but a count.

    A disk that is full loses this one file, not the form it came in.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0
        self.spool: IO[bytes] | None = BytesIO()
        self.lost = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > MAX_BYTES:
            self._drop()
        if self.spool is None:
            return
        with self._losing():
            if isinstance(self.spool, BytesIO) and self.received > SMALL:
                self._move_to_disk(self.spool)
            self.spool.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        about: dict[str, Any] = {
            "name": self.file_name,
            "content_type": self.content_type,
            "size": self.received,
            "charset": self.charset,
            "content_type_extra": self.content_type_extra,
        }
        if self.spool is not None:
            with self._losing():
                self.spool.flush()
                self.spool.seek(0)
        spool, self.spool = self.spool, None
        if spool is None:
            return (LostUpload if self.lost else RefusedUpload)(BytesIO(), **about)
        return (UploadedFile if isinstance(spool, BytesIO) else SpooledUpload)(spool, **about)

    def upload_interrupted(self) -> None:
        self._drop()

    def _move_to_disk(self, memory: BytesIO) -> None:
        self.spool = tempfile.NamedTemporaryFile(dir=spool_dir(), suffix=".upload")  # noqa: SIM115
        self.spool.write(memory.getvalue())

    @contextlib.contextmanager
    def _losing(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            logger.exception("An upload could not be written to %s", settings.VAR_DIR)
            self.lost = True
            self._drop()

    def _drop(self) -> None:
        spool = getattr(self, "spool", None)
        self.spool = None
        if spool is not None:
            with contextlib.suppress(OSError):  # what it still holds cannot be written either
                spool.close()
