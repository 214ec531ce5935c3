"""What beat does for pictures every ten minutes; each step does a bounded amount and may be run twice."""

import contextlib
import shutil
import time
from datetime import timedelta
from pathlib import PurePosixPath
from uuid import UUID

from django.core.files.storage import Storage
from django.utils import timezone

from pictures.limits import DRAFT_DAYS
from pictures.models import Draft, Picture
from pictures.uploads import spool_dir

AT_ONCE = 200
DAY = 86_400


class Sweep:
    """Re-kicks hanging pictures, and removes old drafts, left spool files and files without a row."""

    def run(self) -> None:
        self.kick_hanging()
        self.remove_old_drafts()
        self.remove_left_spools()
        self.remove_orphans(shard=int(time.time() // 600) % 256)

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
        for picture in old:
            picture.delete()
        return len(old)

    def remove_left_spools(self) -> int:
        """Delete spool files older than a day: uploads and renderings that a stopped process never finished."""
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

        They come from transactions rolled back after the file was stored. One folder a run: all of them in two days.
        """
        storage: Storage = Picture._meta.get_field("original").storage
        folder = f"pictures/originals/{shard:02x}"
        try:
            names = {pk: name for name in storage.listdir(folder)[1] if (pk := _key(name))}
        except FileNotFoundError:
            return 0
        known = set(Picture.objects.filter(pk__in=names).values_list("pk", flat=True))
        removed = 0
        for pk, name in names.items():
            path = f"{folder}/{name}"
            if pk not in known and storage.get_modified_time(path) < timezone.now() - timedelta(days=1):
                storage.delete(path)
                removed += 1
        return removed


def _key(name: str) -> UUID | None:
    try:
        return UUID(PurePosixPath(name).stem)
    except ValueError:
        return None
