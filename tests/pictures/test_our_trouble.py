"""Ours to answer for: disks, stores and workers. A person is told so, and a picture is not blamed."""

import io
import subprocess
import sys

import pytest
from django.urls import reverse

from pictures import rendering, uploads
from pictures.models import Picture
from pictures.rendering import CouldNotRender
from pictures.sweep import Sweep
from tests.pictures.factories import kept_picture, png_bytes, upload
from tests.pictures.transfers import OUT_OF_ORDER, PNG, spooled
from tests.procurement_portal.factories import form_data, ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]


class FullDisk(io.BytesIO):
    name = "full"

    def write(self, *args):
        raise OSError(28, "No space left on device")


@pytest.fixture
def full_disk(monkeypatch):
    monkeypatch.setattr(uploads.tempfile, "NamedTemporaryFile", lambda **options: FullDisk())


@pytest.fixture
def storage_down(monkeypatch):
    def save(*args, **kwargs):
        raise ConnectionError("no answer")

    monkeypatch.setattr(type(Picture._meta.get_field("original").storage._wrapped), "save", save)


@pytest.mark.parametrize("trouble", ["full_disk", "storage_down"])
def test_trouble_of_ours_is_said_to_be_ours_and_the_form_keeps_everything_else(client, request, trouble):
    request.getfixturevalue(trouble)
    response = client.post(
        reverse("procurement_portal:apply"), form_data(logo=upload(PNG, "stor.png"), ticket=ticket())
    )
    assert response.status_code == 503
    assert response.context["form"].errors["logo"] == [OUT_OF_ORDER]
    assert 'value="Ljusgården AB"' in response.text
    assert spooled() == []


def test_a_file_that_only_breaks_at_its_end_is_lost_alike(client, monkeypatch):
    class Late(io.BytesIO):
        name = "late"

        def flush(self):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.tempfile, "NamedTemporaryFile", lambda **options: Late())
    data = {"logo": upload(PNG, "stor.png"), "upload_logo": "1"}
    response = client.post(reverse("procurement_portal:apply"), data)
    assert (response.status_code, response.context["form"].errors["logo"]) == (503, [OUT_OF_ORDER])


def test_a_full_disk_under_another_form_is_a_page_and_no_crash(coordinator_client, full_disk):
    response = coordinator_client.post(
        reverse("newsletter:imports"),
        {"file": upload(b"a@example.org\n" * 9_000, "lista.csv"), "ground": "På mötet i maj sade alla ja.",
         "shown": "on", "frequency": "weekly", "language": "sv"},
    )  # fmt: skip
    assert response.status_code == 503
    assert "Det här går inte just nu" in response.text


def test_a_picture_that_cannot_be_fetched_is_a_503_that_no_cache_keeps(client, coordinator_client, monkeypatch):
    kept = kept_picture(png_bytes(300, 300))
    kept.render()
    kept.refresh_from_db()
    kept.publish()

    def fetch(*args, **kwargs):
        raise ConnectionError("no answer")

    monkeypatch.setattr(type(kept.original.storage._wrapped), "open", fetch)
    for response in (client.get(kept.url(300, "webp")), coordinator_client.get(kept.get_absolute_url())):
        assert (response.status_code, response["Cache-Control"], response["Retry-After"]) == (503, "no-store", "60")
        assert "Det här går inte just nu" in response.text


@pytest.mark.parametrize("where", ["open", "save"])
def test_a_store_that_is_down_costs_a_picture_no_attempt(monkeypatch, where):
    kept = kept_picture(png_bytes(300, 300))

    def fail(*args, **kwargs):
        raise ConnectionError("no answer")

    with monkeypatch.context() as meanwhile:
        if where == "open":
            meanwhile.setattr(rendering, "_local_copy", fail)
        else:
            meanwhile.setattr(type(kept.original.storage._wrapped), "save", fail)
        for _ in range(4):
            kept.render()
            kept.refresh_from_db()
            assert (kept.state, kept.attempts) == ("checking", 0)
    kept.render()
    kept.refresh_from_db()
    assert kept.is_ready


def test_a_full_disk_under_the_child_is_not_the_pictures_fault(tmp_path, monkeypatch):
    from pictures import rendering_child

    def full(job):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rendering_child, "render", full)
    monkeypatch.setattr(rendering_child, "limit", lambda *limits: None)
    monkeypatch.setattr(sys, "argv", ["child", '{"memory": 1, "cpu_seconds": 1}'])
    assert rendering_child.main() == rendering.DISK_FULL
    monkeypatch.setattr(
        subprocess, "run", lambda command, **how: subprocess.CompletedProcess(command, rendering.DISK_FULL, b"", b"")
    )
    with pytest.raises(OSError, match="the disk is full"):
        rendering.run_child({})


def test_a_child_that_is_killed_was_too_heavy(monkeypatch):
    killed = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda command, **how: run(killed, **how))
    with pytest.raises(CouldNotRender) as failure:
        rendering.run_child({})
    assert failure.value.heavy


def test_a_worker_killed_while_checking_is_followed_by_another(monkeypatch, django_capture_on_commit_callbacks):
    kept = kept_picture(png_bytes(300, 300))

    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("pictures.models.rendering.rendered", killed)
        with pytest.raises(SystemExit):
            kept.render()
    kept.refresh_from_db()
    assert (kept.state, kept.attempts) == ("checking", 1)
    monkeypatch.setattr(Picture, "ask_for_rendering", Picture.render)
    Picture.objects.update(uploaded_at="2020-01-01T00:00Z", attempted_at="2020-01-01T00:00Z")
    assert Sweep().kick_hanging() == 1
    kept.refresh_from_db()
    assert (kept.state, kept.attempts) == ("ready", 2)
