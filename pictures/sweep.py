"""What beat does for pictures every ten minutes; each step does a bounded amount and may be run twice."""

import contextlib
import shutil
import time
from datetime import timedelta
from pathlib import PurePosixPath
from typing import NamedTuple
from uuid import UUID

from django.core.files.storage import Storage
from django.utils import timezone

from pictures.limits import DRAFT_DAYS
from pictures.models import Draft, Picture, Transfer
from pictures.uploads import spool_dir

AT_ONCE = 200
DAY = 86_400


class Sweep:
    """Re-kicks hanging pictures, and removes old drafts, idle transfers, left spool files and files without a row."""

    def run(self) -> None:
        self.kick_hanging()
        self.remove_old_drafts()
        self.remove_idle_transfers()
        self.remove_left_spools()
        shard = int(time.time() // 600) % 256
        self.remove_orphans(shard)
        self.remove_orphaned_renditions(shard)

    def kick_hanging(self) -> int:
        """Ask again for pictures whose worker or message was lost. Returns how many."""
        hanging = list(Picture.objects.hanging()[:AT_ONCE])
        for picture in hanging:
            picture.ask_for_rendering()
        return len(hanging)

    def remove_old_drafts(self) -> int:
        """Delete pictures that no form has claimed in seven days, with their files. Returns how many.

        A form that is kept for longer keeps its pictures.
        """
        before = timezone.now() - timedelta(days=DRAFT_DAYS)
        kept = Draft.objects.filter(kept_until__gt=timezone.now()).values("picture")
        unclaimed = Picture.objects.unclaimed().filter(uploaded_at__lt=before).exclude(pk__in=kept)
        old = list(unclaimed.order_by("uploaded_at")[:AT_ONCE])
        return sum(picture.discard() for picture in old)

    def remove_idle_transfers(self) -> int:
        """Delete transfers to which nothing has come for a day, with their bytes. Returns how many."""
        idle = list(Transfer.objects.idle().order_by("touched_at")[:AT_ONCE])
        for transfer in idle:
            transfer.delete()
        return len(idle)

    def remove_left_spools(self) -> int:
        """Delete spool files older than a day: uploads and renderings that a stopped process never finished.

        Those of this host: where web processes run on others, their transfers' bytes are theirs to sweep.
        """
        removed = 0
        for path in spool_dir().iterdir():
            with contextlib.suppress(OSError):
                if path.stat().st_mtime >= time.time() - DAY:
                    continue
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()
                removed += 1
        return removed

    def remove_orphans(self, shard: int) -> int:
        """Delete originals in one of the 256 folders that no row knows and that are older than a day.

        They come from transactions rolled back after the file was stored, and from stores that were down when the
        picture was deleted. One folder a run: all of them in two days.
        """
        folder = f"pictures/originals/{shard:02x}"
        removed = 0
        for name in unknown(listed(folder).files):
            removed += remove_if_old(f"{folder}/{name}")
        return removed

    def remove_orphaned_renditions(self, shard: int) -> int:
        """The same for the renditions of pictures that no row knows; what is empty of their folders goes as well."""
        folder = f"pictures/renditions/{shard:02x}"
        removed = 0
        for name in unknown(listed(folder).folders):
            files = listed(f"{folder}/{name}").files
            gone = sum(remove_if_old(f"{folder}/{name}/{file}") for file in files)
            if gone == len(files):
                storage().delete(f"{folder}/{name}")
            removed += gone
        return removed


class Listing(NamedTuple):
    """What is in one folder of the storage."""

    folders: list[str]
    files: list[str]


def storage() -> Storage:
    return Picture._meta.get_field("original").storage


def listed(folder: str) -> Listing:
    try:
        return Listing(*storage().listdir(folder))
    except FileNotFoundError:
        return Listing([], [])


def unknown(names: list[str]) -> list[str]:
    """Those of the names that begin with the key of a picture and are of none."""
    keys = {name: key for name in names if (key := _key(name))}
    known = set(Picture.objects.filter(pk__in=keys.values()).values_list("pk", flat=True))
    return [name for name, key in keys.items() if key not in known]


def remove_if_old(name: str) -> bool:
    """Delete the file unless it is younger than a day: its row may be about to be written. Whether it was."""
    old = storage().get_modified_time(name) < timezone.now() - timedelta(days=1)
    if old:
        storage().delete(name)
    return old


def _key(name: str) -> UUID | None:
    try:
        return UUID(PurePosixPath(name).stem)
    except ValueError:
        return None
