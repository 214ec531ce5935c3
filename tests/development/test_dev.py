"""`bin/dev` from the outside: it comes up, keeps its data, and takes everything with it when it goes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from django.conf import settings

from development import addresses, children, ports

ROOT = Path(settings.BASE_DIR)


class Dev:
    """One run of `python -m development` over a data folder."""

    def __init__(self, var_dir: Path, port: int, **changes: str) -> None:
        self.port = port
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "REDIS_PREFIX", "MEDIA_ROOT"}
        }
        environment |= {
            "DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": str(var_dir),
            "PORT": str(self.port),
            "EMBEDDED_REDIS_DB": "0",
        }
        self.output = var_dir.with_suffix(".out")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "development"], cwd=ROOT, env=environment | changes, stdout=output, stderr=output
            )

    def wait_until_ready(self, *, within: float = 150) -> dict[str, object]:
        """Until the site says so and bin/dev has seen it: then all its processes are there."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                    report = json.load(answer)
                if "Ctrl-C stops it" in self.output.read_text():
                    return report
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"bin/dev is not ready; it said:\n{self.output.read_text()}")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


@contextmanager
def dev(var_dir: Path, **changes: str) -> Iterator[Dev]:
    with ports.kept_port() as port:
        run = Dev(var_dir, port, **changes)
        try:
            yield run
        finally:
            run.process.kill()
            run.process.wait()


def names(processes: list[psutil.Process]) -> set[str]:
    """What the processes are called; those that ended meanwhile are passed over."""
    found = set()
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found.add(process.name())
    return found


def survivors(processes: list[psutil.Process], *, within: float = 1) -> list[psutil.Process]:
    return children.still_alive(processes, within=within)


def test_it_comes_up_keeps_its_data_and_leaves_nothing_behind(place):
    var_dir = place / "var"
    with dev(var_dir) as first:
        assert first.wait_until_ready()["status"] == "ready"
        with psycopg.connect(addresses.database_url(var_dir)) as connection:
            connection.execute("UPDATE labs_lab SET challenge = 'Ändrad för hand'")
        family = first.family()
        assert names(family) >= {"postgres", "valkey-server"}
        assert first.end(signal.SIGTERM) == 0
        assert survivors(family) == []
    with dev(var_dir) as second:
        second.wait_until_ready()
        with psycopg.connect(addresses.database_url(var_dir)) as connection:
            kept = connection.execute("SELECT count(*) FROM labs_lab WHERE challenge = 'Ändrad för hand'").fetchone()
        assert kept[0] > 0
        family = second.family()
        worker = next(process for process in family if "default,pictures" in process.cmdline())
        worker.kill()
        # A process that dies ends all the others, and says which it was.
        assert second.process.wait(20) == 1
        assert "worker ended by itself" in second.output.read_text()
        assert survivors(family) == []


def test_a_stop_in_the_middle_of_the_start_leaves_nothing_behind(place):
    with dev(place / "var") as run:
        deadline = time.monotonic() + 60
        while "postgres" not in names(run.family()) and time.monotonic() < deadline:
            time.sleep(0.05)
        family = run.family()
        assert run.end(signal.SIGINT) == 0
        assert survivors(family) == []


def test_a_busy_port_is_one_sentence(place):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with dev(place / "var", PORT=str(port)) as run:
            assert run.process.wait(30) == 1
            assert run.output.read_text() == f"Port {port} is in use. Choose another, like: PORT={port + 1} bin/dev\n"


@pytest.mark.parametrize("port", ["0", "70000", "http"])
def test_a_nonsensical_port_is_one_sentence(place, port):
    with dev(place / "var", PORT=port) as run:
        assert run.process.wait(30) == 1
        assert run.output.read_text() == f"PORT is {port!r}; it needs a number from 1 to 65535.\n"
