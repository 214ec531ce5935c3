"""The two embedded servers of a data folder, together, and the lock that gives them one owner at a time."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from development import addresses
from development.embedded import EmbeddedServer
from development.postgres import Postgres
from development.valkey import Valkey


class AlreadyOwned(Exception):
    """Another process owns the servers of this folder."""


class EmbeddedServers:
    """Starts whichever of PostgreSQL and Valkey has no address in the environment. Use it with `with`."""

    def __init__(self, var_dir: Path, *, durable: bool = True) -> None:
        self.var_dir = var_dir
        self.servers: list[EmbeddedServer] = []
        if not os.environ.get("REDIS_URL"):
            self.servers.append(Valkey(addresses.valkey_data(var_dir), durable=durable))
        if not os.environ.get("DATABASE_URL"):
            self.servers.append(Postgres(addresses.postgres_data(var_dir), durable=durable))
        self._lock: int | None = None

    def answer(self) -> bool:
        return all(server.answers() for server in self.servers)

    def own(self, *, wait: float = 0) -> None:
        """Takes the lock, which any end of this process lets go of. Raises AlreadyOwned after `wait` seconds."""
        self.var_dir.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.var_dir / "servers.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(lock)
                    raise AlreadyOwned(self.var_dir) from None
                time.sleep(0.1)
            else:
                self._lock = lock
                return

    def start(self) -> None:
        """Takes the lock, if that is not done yet, and starts the servers. Raises AlreadyOwned or ServerDidNotStart."""
        if self._lock is None:
            self.own()
        try:
            for server in self.servers:
                server.start()
                if isinstance(server, Postgres):
                    server.ensure_database("innovationslabb")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for server in self.servers:
            server.ask_to_stop()
        for server in self.servers:
            server.stop()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
