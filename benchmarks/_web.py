"""The site's own gunicorn over a database of its own, and a bare sink on the same server stack."""

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import redis

from benchmarks._site import ROOT, production, wait_for, workplace
from development import addresses
from development.ports import free_port
from development.servers import EmbeddedServers


class Answer(NamedTuple):
    """`cookies` are as a request sends them back."""

    status: int
    cookies: str
    text: str
    headers: Message


def request(port: int, method: str, path: str, headers: dict[str, str] | None = None, body: Any = None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        cookies = [value.partition(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie"]
        return Answer(response.status, "; ".join(cookies), response.read().decode(), response.headers)
    finally:
        connection.close()


@contextmanager
def place(longest: float, *, durable: bool = True) -> Iterator[Path]:
    """A folder with servers of its own, gone afterwards. One per process: settings are read from its VAR_DIR."""
    with workplace(longest) as folder:
        os.environ["VAR_DIR"] = str(folder / "var")
        with EmbeddedServers(folder / "var", durable=durable):
            yield folder


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """The address of a database that is dropped afterwards: in the given server, or in one of our own."""
    given = os.environ.get("DATABASE_URL")
    if not given:
        yield addresses.database_url(folder / "var")
        return
    name = f"bench_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def server(folder: Path, database_url: str) -> Iterator[tuple[psutil.Process, int]]:
    """A migrated gunicorn as in production, and its port; ended by its process id."""
    port = free_port()
    environment = {
        **os.environ,
        **production(),
        "DJANGO_SETTINGS_MODULE": "benchmarks._settings",
        # Not redirected to https: there is no proxy in front of it.
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": database_url,
        "REDIS_URL": os.environ.get("REDIS_URL") or addresses.redis_url(folder / "var"),
        "REDIS_PREFIX": f"bench-{os.getpid()}-",
        # All clients come from this machine.
        "PICTURES_OPEN_DRAFTS": "1000",
        "PICTURES_UPLOADS_PER_HOUR": "1000000",
        "STARTED_APPLICATIONS_PER_HOUR": "1000000",
    }
    run: dict[str, Any] = {"cwd": ROOT, "env": environment}
    for command in ("migrate", "collectstatic"):
        subprocess.run([sys.executable, "manage.py", command, "--no-input", "-v0"], check=True, **run)
    gunicorn = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "config/gunicorn.py"],
        stdout=subprocess.DEVNULL,
        stderr=(folder / "gunicorn.log").open("wb"),
        **run,
    )
    try:
        wait_until_well(port)
        yield psutil.Process(gunicorn.pid), port
    finally:
        gunicorn.terminate()
        try:
            gunicorn.wait(15)
        except subprocess.TimeoutExpired:
            gunicorn.kill()
        forget_messages(environment["REDIS_PREFIX"])


def forget_messages(prefix: str) -> None:
    """Empty what no worker of ours will read from a Redis that others use too."""
    if given := os.environ.get("REDIS_URL"):
        with redis.from_url(given) as shared:
            for key in shared.scan_iter(f"{prefix}*"):
                shared.delete(key)


def wait_until_well(port: int) -> None:
    wait_for(port, within=60)
    if (status := request(port, "GET", "/healthz").status) != 200:
        raise SystemExit(f"gunicorn answers {status} on port {port}.")


@contextmanager
def bare_sink(folder: Path) -> Iterator[tuple[psutil.Process, int]]:
    """A gunicorn with the site's own settings before an application that only reads, and its port."""
    port = free_port()
    environment = {**os.environ, "DEBUG": "1", "PORT": str(port), "VAR_DIR": str(folder / "var")}
    sink = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "benchmarks._sink:application", "--config", "config/gunicorn.py"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_well(port)
        yield psutil.Process(sink.pid), port
    finally:
        sink.terminate()
        sink.wait(15)
