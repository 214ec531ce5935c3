import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from pictures.models import Draft, Picture, Transfer
from pictures.sweep import Sweep
from pictures.tasks import render, sweep
from pictures.uploads import spool_dir
from tests.pictures.factories import kept_picture, ready_picture
from tests.pictures.transfers import TUS, begun

pytestmark = pytest.mark.django_db


def ago(**span):
    return timezone.now() - timedelta(**span)


def aged(path: Path, days: float) -> Path:
    moment = time.time() - days * 86_400
    os.utime(path, (moment, moment))
    return path


def test_asks_again_for_pictures_that_hang(monkeypatch):
    asked = []
    monkeypatch.setattr(Picture, "ask_for_rendering", lambda picture: asked.append(picture.pk))
    never_tried = kept_picture(uploaded_at=ago(minutes=11))
    tried_long_ago = kept_picture(uploaded_at=ago(hours=2), attempted_at=ago(minutes=11), attempts=1)
    kept_picture()
    kept_picture(uploaded_at=ago(hours=2), attempted_at=ago(minutes=1), attempts=1)
    ready_picture(uploaded_at=ago(days=1))
    assert Sweep().kick_hanging() == 2
    assert set(asked) == {never_tried.pk, tried_long_ago.pk}


def test_removes_drafts_nobody_claimed_in_seven_days(django_capture_on_commit_callbacks):
    old = kept_picture(uploaded_at=ago(days=7, minutes=1))
    Draft.objects.create(picture=old, visitor="x")
    young = kept_picture(uploaded_at=ago(days=6))
    claimed = ready_picture()
    Picture.objects.filter(pk=claimed.pk).update(uploaded_at=ago(days=99))
    with django_capture_on_commit_callbacks(execute=True):
        assert Sweep().remove_old_drafts() == 1
    assert set(Picture.objects.all()) == {young, claimed}
    assert not Path(old.original.path).exists()
    assert Path(young.original.path).exists()
    assert not Draft.objects.exists()


def test_leaves_a_draft_whose_form_is_kept_for_longer():
    kept, over = kept_picture(uploaded_at=ago(days=29)), kept_picture(uploaded_at=ago(days=31))
    Draft.objects.create(picture=kept, visitor="x", kept_until=timezone.now() + timedelta(days=1))
    Draft.objects.create(picture=over, visitor="x", kept_until=ago(minutes=1))
    assert Sweep().remove_old_drafts() == 1
    assert list(Picture.objects.all()) == [kept]


def test_leaves_a_draft_that_a_form_claims_at_that_moment(monkeypatch):
    picture, discard = kept_picture(uploaded_at=ago(days=8)), Picture.discard

    def claimed_just_before(swept):
        picture.claim("ansökan 1")
        return discard(swept)

    monkeypatch.setattr(Picture, "discard", claimed_just_before)
    assert Sweep().remove_old_drafts() == 0
    assert Picture.objects.get().claimed_for == "ansökan 1"


def test_removes_uploads_that_nothing_finished():
    left, fresh = spool_dir() / "a.upload", spool_dir() / "b.upload"
    left.touch()
    fresh.touch()
    aged(left, 2)
    assert Sweep().remove_left_spools() == 1
    assert (left.exists(), fresh.exists()) == (False, True)


def test_removes_folders_of_renderings_that_nothing_finished():
    left = spool_dir() / "rendering-a"
    left.mkdir()
    (left / "320.webp").touch()
    aged(left, 2)
    assert Sweep().remove_left_spools() == 1
    assert not left.exists()


def test_removes_originals_that_no_row_knows():
    known = kept_picture()
    storage = known.original.storage
    shard = known.pk.hex[:2]
    orphan = storage.save(
        f"pictures/originals/{shard}/{shard}000000-0000-4000-8000-000000000000.png", ContentFile(b"x")
    )
    fresh = storage.save(f"pictures/originals/{shard}/{shard}000000-0000-4000-8000-000000000001.png", ContentFile(b"x"))
    aged(Path(storage.path(orphan)), 2)
    aged(Path(known.original.path), 2)
    assert Sweep().remove_orphans(int(shard, 16)) == 1
    assert (storage.exists(orphan), storage.exists(fresh), storage.exists(known.original.name)) == (False, True, True)


def test_removes_renditions_that_no_row_knows_with_their_folder():
    known = ready_picture()
    storage, shard = known.original.storage, known.pk.hex[:2]
    folder = f"pictures/renditions/{shard}/{shard}000000-0000-4000-8000-000000000000"
    orphans = [storage.save(f"{folder}/{name}", ContentFile(b"x")) for name in ("320.webp", "320.jpg")]
    fresh = storage.save(f"{folder[:-1]}1/320.webp", ContentFile(b"x"))
    for name in (*orphans, *known.rendition_files):
        aged(Path(storage.path(name)), 2)
    assert Sweep().remove_orphaned_renditions(int(shard, 16)) == 2
    assert [storage.exists(name) for name in (*orphans, folder, fresh, *known.rendition_files)] == (
        [False, False, False, True] + [True] * len(known.rendition_files)
    )


def test_what_a_store_that_was_down_kept_of_a_deleted_picture_is_removed_later(
    monkeypatch, django_capture_on_commit_callbacks
):
    picture = ready_picture()
    storage, shard = picture.original.storage, int(picture.pk.hex[:2], 16)
    names = list(picture.stored_files)

    def down(name):
        raise ConnectionError("no answer")

    with monkeypatch.context() as meanwhile, django_capture_on_commit_callbacks(execute=True):
        meanwhile.setattr(type(storage._wrapped), "delete", down)
        picture.delete()
    assert all(storage.exists(name) for name in names)
    for name in names:
        aged(Path(storage.path(name)), 2)
    assert Sweep().remove_orphans(shard) + Sweep().remove_orphaned_renditions(shard) == len(names)
    assert not any(storage.exists(name) for name in names)


def test_a_folder_that_is_not_there_yet_has_no_orphans():
    assert (Sweep().remove_orphans(255), Sweep().remove_orphaned_renditions(255)) == (0, 0)


def test_removes_transfers_to_which_nothing_came_for_a_day(client, django_capture_on_commit_callbacks):
    idle, busy = (begun(client, 1_000)["Location"] for _ in range(2))
    paths = {place: Transfer.objects.get(pk=place.split("/")[3]).partial.path for place in (idle, busy)}
    Transfer.objects.filter(pk=idle.split("/")[3]).update(touched_at=ago(days=1, minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert Sweep().remove_idle_transfers() == 1
    assert [client.head(place, headers=TUS).status_code for place in (idle, busy)] == [404, 200]
    assert [paths[place].exists() for place in (idle, busy)] == [False, True]


def test_the_tasks_have_the_names_that_beat_and_the_queues_know():
    assert (render.name, sweep.name) == ("pictures.render", "pictures.sweep")
    sweep()


def test_a_picture_deleted_before_its_turn_is_passed_over():
    render("00000000-0000-4000-8000-000000000000")
