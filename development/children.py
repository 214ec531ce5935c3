"""Child processes that never outlive us: each leads a process group of its own, which ends with it and with us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import psutil

PR_SET_PDEATHSIG = 1


def _ends_with_parent(with_signal: signal.Signals) -> Callable[[], None] | None:
    """Asks the kernel to send the signal when we die, even by `kill -9`. Only Linux can."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, with_signal)


def start(
    command: Sequence[str], *, orphaned: signal.Signals = signal.SIGTERM, **options: Any
) -> subprocess.Popen[bytes]:
    """Starts the command in a process group of its own; `orphaned` is the signal it gets if we die first.

    `options` are those of `subprocess.Popen`.
    """
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_ends_with_parent(orphaned), **options)


def stop(
    processes: Iterable[subprocess.Popen[bytes]], *, with_signal: signal.Signals = signal.SIGTERM, within: float
) -> None:
    """Asks the processes to end, and after `within` seconds kills what is left of them and of their descendants.

    Returns once all of them have ended: what is killed may take its time on a machine that is held up.
    """
    running = [process for process in processes if process.poll() is None]
    families = [member for process in running for member in _family(process.pid)]
    for process in running:
        process.send_signal(with_signal)
    deadline = time.monotonic() + within
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0, deadline - time.monotonic()))
    for process in running:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    for member in families:
        # psutil compares start times, so a number that went to somebody else meanwhile is left alone.
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    still_alive(families, within=5)
    for process in running:
        process.wait(5)


def still_alive(processes: Iterable[psutil.Process], *, within: float) -> list[psutil.Process]:
    """Waits until the processes have ended, and returns those that have not in `within` seconds.

    An orphan that has ended but waits for init to notice holds nothing any more, and does not count.
    """
    deadline = time.monotonic() + within
    alive = list(filter(_is_alive, processes))
    while alive and time.monotonic() < deadline:
        time.sleep(0.01)
        alive = list(filter(_is_alive, alive))
    return alive


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _family(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
