"""Celery workers as processes of their own, over a test database."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from development import children, procfile


class WorkerProcess:
    """A worker for all queues, otherwise with production's command and settings, told by environment where the test's
    servers are."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        program, *arguments = procfile.commands()["worker"]
        command = [sys.executable, "-m", program, *arguments, "--concurrency", "1", "--hostname", f"{log.stem}@%h"]
        command += ["--queues", "default,pictures,newsletter"]
        with log.open("wb") as output:
            self.process = children.start(
                command,
                env={**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def wait_until_ready(self, *, within: float = 60) -> None:
        deadline = time.monotonic() + within
        while "ready." not in self.output():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The Celery worker did not start; it says:\n{self.output()}")
            time.sleep(0.05)

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        """Lets the task at hand end, like a deployment does."""
        children.stop([self.process], within=5)

    def kill(self) -> None:
        """Ends it at once, like a power cut."""
        children.stop([self.process], within=0)
