"""What the embedded servers have in common: a data folder, a log beside it, a process that ends with us."""

import os
import pwd
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from development import children


class ServerDidNotStart(Exception):
    """A server could not be started; the message says why and where its log is."""


class EmbeddedServer:
    """One server over one data folder. Callers see to it that no two processes start the same folder at once."""

    name: str
    stop_signal = signal.SIGTERM

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        """`durable=False` trades safety against crashes for speed: right for tests."""
        self.data_dir = data_dir
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.data_dir.with_suffix(".log")

    def answers(self) -> bool:
        raise NotImplementedError

    def prepare(self) -> None:
        """Makes the data folder ready and ends a server that outlived whoever started it."""
        raise NotImplementedError

    def command(self) -> list[str]:
        raise NotImplementedError

    def as_user(self) -> dict[str, Any]:
        """The `subprocess` options that say which account the server runs as."""
        return {}

    def start(self, *, within: float = 30) -> None:
        """Starts the server and returns once it answers. Raises ServerDidNotStart."""
        self.prepare()
        with self.log.open("wb") as log:
            self.process = children.start(
                self.command(),
                orphaned=self.stop_signal,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                **self.as_user(),
            )
        deadline = time.monotonic() + within
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServerDidNotStart(f"{self.name} did not start; {self.log} ends with:\n{self._end_of_log()}")
            time.sleep(0.05)

    def ask_to_stop(self) -> None:
        """Lets the server begin to stop, so that several do it at the same time."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self, *, within: float = 2.5) -> None:
        if self.process is not None:
            children.stop([self.process], with_signal=self.stop_signal, within=within)
            self.process = None

    def _end_of_log(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def make_private(folder: Path, owner: str | None = None) -> None:
    """Makes the folder, if need be, and lets only its owner in. Raises ServerDidNotStart when it is somebody else's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    account = pwd.getpwnam(owner) if owner else None
    if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), *([account.pw_uid] if account else [])}:
        raise ServerDidNotStart(f"{folder} belongs to somebody else; remove it and start again.")
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o700)
