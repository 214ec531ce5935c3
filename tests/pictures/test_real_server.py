"""Uploads before the real server: connections that stall and break, and workers that are killed."""

import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from django.conf import settings as project
from django.db import connection

from development import children
from pictures.models import Picture, Transfer
from tests.pictures.factories import png_bytes
from tests.pictures.transfers import SLOT, TRANSFERS, TUS, metadata
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.django_db(transaction=True)

PNG = png_bytes(1_300, 1_000, compress_level=0)
"""3.7 MiB."""


class Server:
    """gunicorn as in production, over the test's database and disk, with one worker."""

    def __init__(self, log: Path, config: str) -> None:
        database = urlsplit(project.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        environment = {
            "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": database, "REDIS_URL": project.REDIS_URL,
            "VAR_DIR": str(project.VAR_DIR), "MEDIA_ROOT": str(project.MEDIA_ROOT), "WEB_WORKERS": "1",
            "LOG_LEVEL": "ERROR",
        }  # fmt: skip
        with log.open("wb") as output, socket.socket() as listener:
            # Bound here and handed over: a port that was free a moment ago may be somebody else's by now.
            listener.bind(("127.0.0.1", 0))
            self.port, number = listener.getsockname()[1], listener.fileno()
            self.process = children.start(
                [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", config, "--bind", f"fd://{number}"],
                env={**os.environ, **environment}, pass_fds=[number],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        self.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                if self.ask("GET", "/healthz").status == 200:
                    return
            except OSError:
                assert time.monotonic() < deadline, "gunicorn did not answer"
                time.sleep(0.1)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> HTTPResponse:
        line = HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = line.getresponse()
        response.read()
        line.close()
        return response

    def kill_worker(self) -> None:
        """As the kernel does when memory is short. The master starts another."""
        worker = psutil.Process(self.process.pid).children()[0]
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(10)
        self.wait()


@pytest.fixture
def server(request: pytest.FixtureRequest, disk_of_its_own: None, tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "gunicorn.log", getattr(request, "param", "config/gunicorn.py"))
    yield server
    children.stop([server.process], within=5)


class Sender:
    """A browser with the application form open, on its way to send PNG."""

    def __init__(self, server: Server) -> None:
        self.server = server
        line = HTTPConnection("127.0.0.1", server.port, timeout=30)
        line.request("GET", "/inkopsportalen/ansokan/")
        page = line.getresponse()
        cookies = [value.partition(";")[0] for name, value in page.getheaders() if name.lower() == "set-cookie"]
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
        assert found
        self.headers = {**TUS, "Cookie": "; ".join(cookies), "X-CSRFToken": found[1]}
        line.close()

    def begin(self, length: int = len(PNG), name: str = "hus.png") -> None:
        told = {"Upload-Length": str(length), "Upload-Metadata": metadata(filename=name, slot=SLOT.sign())}
        response = self.server.ask("POST", TRANSFERS, **self.headers, **told)
        assert response.status == 201
        self.place = response.headers["Location"]
        session = response.headers["Set-Cookie"].partition(";")[0]
        self.headers["Cookie"] += f"; {session}"

    def open(self, length: int, offset: int, beginning: bytes = b"", **headers: str) -> socket.socket:
        """A connection on which a piece of this length is announced, and nothing of it sent but its beginning."""
        line = socket.create_connection(("127.0.0.1", self.server.port), timeout=30)
        told = {
            **self.headers, "Host": "127.0.0.1", "Upload-Offset": str(offset), "Content-Length": str(length),
            "Content-Type": "application/offset+octet-stream",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }  # fmt: skip
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        line.sendall(f"PATCH {self.place} HTTP/1.1\r\n{head}\r\n".encode() + beginning)
        return line

    def offset(self) -> int:
        return int(self.server.ask("HEAD", self.place, **self.headers).headers["Upload-Offset"])

    def offset_beyond(self, least: int) -> int:
        """The offset once so much has come."""
        deadline = time.monotonic() + 20
        while (offset := self.offset()) < least:
            assert time.monotonic() < deadline, offset
            time.sleep(0.05)
        return offset

    def send(self, offset: int) -> int:
        """All from there on; returns the status."""
        told = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return self.server.ask("PATCH", self.place, PNG[offset:], **self.headers, **told).status

    def go_on(self) -> int:
        """From where it broke, as the script in the page does; returns the offset it went on from."""
        for _ in range(5):
            offset = self.offset()
            if self.send(offset) == 201:
                return offset
        raise AssertionError(f"still at {offset}")


@pytest.fixture
def sender(server: Server) -> Sender:
    return Sender(server)


def status_of(line: socket.socket) -> int:
    return int(line.recv(65_536).split(b" ", 2)[1])


def expect_one_picture() -> None:
    picture = Picture.objects.get()
    assert picture.original.read() == PNG
    assert list(Path(project.VAR_DIR, "uploads").iterdir()) == []


@pytest.mark.parametrize("server", ["tests/pictures/impatient.py"], indirect=True)
def test_a_sender_who_falls_silent_is_let_go_and_goes_on_later(sender: Sender):
    sender.begin()
    started = time.monotonic()
    with Stopwatch() as watch:
        # At once: whoever is held up after the headers has been silent, too.
        line = sender.open(len(PNG), 0, PNG[:1_500_000], X_Silence="1")
        assert status_of(line) == 408
    assert time.monotonic() - started > 0.5
    assert watch.seconds < 10
    assert 0 < sender.go_on() <= 1_500_000
    expect_one_picture()


@pytest.mark.parametrize("kind", ["closed", "reset"])
def test_a_connection_that_breaks_leaves_what_came(sender: Sender, kind: str):
    sender.begin()
    line = sender.open(len(PNG), 0)
    line.sendall(PNG[:1_500_000])
    before = sender.offset_beyond(400_000)
    if kind == "reset":
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()
    if kind == "closed":
        before = sender.offset_beyond(1_500_000)
    assert before <= sender.go_on() <= 1_500_000
    expect_one_picture()


def test_a_killed_worker_takes_nothing_with_it(server: Server, sender: Sender):
    sender.begin()
    line = sender.open(len(PNG), 0)
    line.sendall(PNG[:1_500_000])
    before = sender.offset_beyond(400_000)
    server.kill_worker()
    line.close()
    assert before <= sender.go_on() <= 1_500_000
    expect_one_picture()


def test_two_that_send_the_same_at_once_make_one_picture(sender: Sender):
    sender.begin()
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(sender.send(0))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 409, 410, 423}
    sender.go_on()
    expect_one_picture()


def test_who_comes_back_does_not_wait_for_the_broken_connection_to_time_out(sender: Sender):
    """The first is still open: the network is gone, and the server has not noticed."""
    sender.begin()
    stale = sender.open(len(PNG), 0)
    stale.sendall(PNG[:1_500_000])
    # All of it: as long as more is on its way, the first moves the end, and the second is told 409 and asks again.
    offset = sender.offset_beyond(1_500_000)
    with Stopwatch() as watch:
        assert sender.send(offset) == 201
    assert watch.seconds < 5
    stale.close()
    expect_one_picture()


def test_a_dozen_pictures_on_slow_lines_leave_room_for_a_page(server: Server, sender: Sender):
    """Each holds a thread of the one worker."""
    sender.begin()
    lines = [sender.open(len(PNG), 0) for _ in range(12)]
    with Stopwatch() as watch:
        assert server.ask("GET", "/healthz").status == 200
    assert watch.seconds < 5
    for line in lines:
        line.close()


def test_what_the_first_bytes_give_away_is_answered_while_the_rest_is_still_to_come(sender: Sender):
    sender.begin(190 * 2**20, "cv.png")
    line = sender.open(190 * 2**20, 0)
    with Stopwatch() as watch:
        line.sendall(b"%PDF-1.7\n" + bytes(100_000))
        assert status_of(line) == 400
    assert watch.seconds < 1
    assert not Transfer.objects.exists()
    assert list(Path(project.VAR_DIR, "uploads").iterdir()) == []
