"""A whole site for a benchmark: servers, database and workers of its own, in a folder that goes afterwards."""

import json
import math
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from development import addresses, children, procfile
from development.postgres import Postgres
from development.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024


def production(smtp_port: int = 25) -> dict[str, str]:
    """What the environment says of the site as in production, but for its servers."""
    return {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_hex(32),
        "SITE_URL": "https://labb.example.org",
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "DEFAULT_FROM_EMAIL": "Allmännyttans innovationslabb <labb@example.org>",
        "CONTACT_EMAIL": "labb@example.org",
    }


class Site:
    """Embedded servers that keep what they are told like in production, and Celery workers that send.

    Call `become` before anything of Django is imported: this process then belongs to the site as well.
    """

    def __init__(self, folder: Path, smtp_port: int = 25, **settings: object) -> None:
        self.var_dir = folder
        self.postgres = Postgres(addresses.postgres_data(folder))
        self.valkey = Valkey(addresses.valkey_data(folder))
        self.senders: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            **production(smtp_port),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": str(folder),
            "DATABASE_URL": addresses.database_url(folder),
            "REDIS_URL": addresses.redis_url(folder),
            "LOG_LEVEL": "INFO",
        } | {name: str(value) for name, value in settings.items()}

    def become(self) -> None:
        """Make this process one of the site's, with an empty, migrated database."""
        os.environ.update(self.environment)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)

    def start_sender(self, name: str) -> None:
        """One more worker process that sends; returns at once."""
        program, *arguments = procfile.commands()["sender"]
        command = [sys.executable, "-m", program, *arguments, "--concurrency", "1", "--hostname", f"{name}@%h"]
        with (self.var_dir / f"{name}.log").open("ab") as log:
            self.senders[name] = children.start(
                command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
            )

    def wait_for_senders(self, within: float = 90) -> None:
        deadline = time.monotonic() + within
        for name in self.senders:
            log = self.var_dir / f"{name}.log"
            while "ready." not in log.read_text(errors="replace"):
                if time.monotonic() > deadline:
                    raise SystemExit(f"The worker {name} did not start; it says:\n{log.read_text(errors='replace')}")
                time.sleep(0.1)

    def sending_processes(self) -> list[psutil.Process]:
        """The processes that do the sending: the child of each worker."""
        found = []
        for sender in self.senders.values():
            try:
                found += psutil.Process(sender.pid).children()
            except psutil.NoSuchProcess:
                continue
        return found

    def stop(self) -> None:
        children.stop(self.senders.values(), within=5)
        self.valkey.ask_to_stop()
        self.postgres.stop()
        self.valkey.stop()


@contextmanager
def workplace(longest: float) -> Iterator[Path]:
    """A folder that is gone afterwards, also when the run is told to stop or takes more than `longest` seconds."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        # PostgreSQL runs as another account when we are root.
        folder.chmod(0o711)
        signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
        signal.signal(signal.SIGALRM, lambda *_signal: sys.exit(f"Not finished after {longest:.0f} seconds."))
        signal.alarm(math.ceil(longest))
        try:
            yield folder
        finally:
            signal.alarm(0)


@contextmanager
def site(smtp_port: int = 25, *, longest: float, **settings: object) -> Iterator[Site]:
    """A site that runs, and is gone afterwards. One per process: settings are read once."""
    with workplace(longest) as folder:
        place = Site(folder, smtp_port, **settings)
        try:
            place.valkey.start()
            place.postgres.start()
            place.postgres.ensure_database("innovationslabb")
            place.become()
            yield place
        finally:
            place.stop()


def resident(process: psutil.Process) -> int:
    """Bytes of memory; none of a process that is gone."""
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def wait_for(port: int, within: float = 15) -> None:
    """Until somebody listens there."""
    deadline = time.monotonic() + within
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit(f"Nothing answers on port {port}.") from None
            time.sleep(0.05)
        else:
            return


def answer(measured: dict[str, Any], limits: Mapping[str, bool]) -> int:
    """Print what was measured as one JSON object on the last line, with whether every limit `holds`, and before it a
    line for each that does not. Returns what the program ends with."""
    for limit, kept in limits.items():
        if not kept:
            print(f"  does not hold: {limit}", flush=True)
    holds = all(limits.values())
    print(json.dumps(measured | {"holds": holds}), flush=True)
    return 0 if holds else 1
