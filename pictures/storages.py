"""Where pictures are kept when that is not a disk of ours: a bucket that speaks S3. Chosen in config/settings.py."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from tempfile import SpooledTemporaryFile
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from pictures.uploads import SMALL, spool_dir

MIB = 1024 * 1024


class StorageUnreachable(OSError):
    """The bucket did not answer, or refused us. What callers do about a disk in trouble, they do about this."""


@contextmanager
def reached() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        raise StorageUnreachable(str(error)) from error


def reaching(method: Callable[..., Any]) -> Any:
    @wraps(method)
    def reach(*args: Any, **kwargs: Any) -> Any:
        with reached():
            return method(*args, **kwargs)

    return reach


class BucketStorage(S3Storage):
    """A private bucket, whose troubles are OSErrors, and which never holds a picture in memory whole.

    Pictures are handed out by our own views: no address of the bucket is ever shown to anybody.
    """

    _save = reaching(S3Storage._save)
    delete = reaching(S3Storage.delete)
    exists = reaching(S3Storage.exists)
    listdir = reaching(S3Storage.listdir)
    size = reaching(S3Storage.size)
    get_modified_time = reaching(S3Storage.get_modified_time)

    def _open(self, name: str, mode: str = "rb") -> File:
        """Fetched whole, so that trouble shows before an answer has begun: to memory up to 64 KiB, then to disk."""
        with reached():
            file = super()._open(name, mode)
            content: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(SMALL, "w+b", dir=str(spool_dir()))  # noqa: SIM115
            file.obj.download_fileobj(content, Config=self.transfer_config)
            content.seek(0)
            file.file = content
            return file

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        raise NotImplementedError("Pictures are shown by pictures.views, which asks who is looking.")

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {
            # Ours are named by chance and written once; a second try writes the same again.
            "file_overwrite": True,
            "default_acl": None,
            "transfer_config": TransferConfig(use_threads=False, multipart_chunksize=8 * MIB),
            "client_config": Config(
                signature_version="s3v4", connect_timeout=5, read_timeout=30, retries={"max_attempts": 1}
            ),
        }
