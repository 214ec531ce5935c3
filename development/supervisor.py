"""Runs several processes as one: their output with their names before it, and all of them ended when one ends."""

import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import IO

from development import children

WIDTH = 8


class Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class Supervisor:
    """Use it with the main thread: it takes over SIGINT, SIGTERM and SIGHUP."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._stop = threading.Event()
        self._printing = threading.Lock()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def say(self, text: str, *, name: str = "dev") -> None:
        with self._printing:
            sys.stdout.write(f"{name:<{WIDTH}}│ {text}\n")
            sys.stdout.flush()

    def check(self) -> None:
        """Raises Stopped if we were asked to stop."""
        if self._stop.is_set():
            raise Stopped

    def pause(self, seconds: float) -> None:
        """Waits. Raises Stopped as soon as we are asked to stop."""
        self._stop.wait(seconds)
        self.check()

    def run(self, name: str, command: Sequence[str]) -> None:
        """Runs a command to its end. Raises CalledProcessError if it fails, Stopped if we were asked to stop."""
        self.start(name, command)
        process = self.processes[name]
        while process.poll() is None:
            self.pause(0.05)
        del self.processes[name]
        if process.returncode != 0:
            raise subprocess.CalledProcessError(process.returncode, command)

    def start(self, name: str, command: Sequence[str]) -> None:
        self.check()
        process = children.start(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.processes[name] = process
        assert process.stdout is not None  # noqa: S101
        threading.Thread(target=self._pass_on, args=(name, process.stdout), daemon=True).start()

    def watch(self) -> str:
        """Waits until a process ends by itself and returns its name. Raises Stopped if we are asked to stop first."""
        while True:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    return name
            self.pause(0.2)

    def stop(self, *, within: float = 3.5) -> None:
        children.stop(self.processes.values(), within=within)

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def _pass_on(self, name: str, output: IO[bytes]) -> None:
        for line in output:
            self.say(line.decode(errors="replace").rstrip(), name=name)
