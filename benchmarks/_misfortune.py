"""What befalls a sending in the fault run: which things are killed when, and how much uncertainty that explains."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil

from benchmarks._site import ROOT, Site
from development import children

T = TypeVar("T")

TARGETS = ("worker", "worker", "worker's child", "broker", "database", "mail server")
# Of each worker.
CONNECTIONS = 4
# How many mails a connection has in hand: the one it is at and the next.
AT_HAND = 2
# Readers who leave while it is going on.
LEAVING = 10


@dataclass(frozen=True)
class Blow:
    """One kill to come: when the mail server has kept `at` mails, of what, which of several (0 to 1), and how long it
    stays away, in seconds."""

    at: int
    target: str
    which: float
    pause: float

    def choose(self, among: Sequence[T]) -> T | None:
        return among[int(self.which * len(among))] if among else None


def fate(seed: int, number: int, subscribers: int) -> tuple[list[Blow], list[int]]:
    """So many blows in their order, and the numbers of the readers who leave. All of it follows from the seed, whatever
    happens on the way."""
    dice = random.Random(seed)  # noqa: S311
    blows = [
        Blow(at, dice.choice(TARGETS), dice.random(), dice.uniform(0, 1))
        for at in sorted(dice.randrange(subscribers) for _ in range(number))
    ]
    return blows, dice.sample(range(subscribers), LEAVING)


def most_unknown(kills: Mapping[str, int], *, dropped: int, workers: int) -> int:
    """How many deliveries may be uncertain at the most: those over which the mail server dropped the connection, what a
    killed worker had in hand, and what a killed mail server was at. A database or broker that dies leaves none."""
    workers_killed = sum(number for target, number in kills.items() if target.startswith("worker"))
    return dropped + CONNECTIONS * (workers_killed * AT_HAND + kills.get("mail server", 0) * workers)


class Misfortune:
    """Kills and starts again what an issue needs on its way. `kills` counts only what was alive and is not any more."""

    def __init__(self, place: Site, port: int, log: Path, seed: int) -> None:
        self.place, self.port, self.log, self.seed = place, port, log, seed
        self.kills: Counter[str] = Counter()
        self.mail_servers = 0
        self.start_mail_server()

    def start_mail_server(self) -> None:
        numbers = [str(self.port), str(self.log), str(self.seed + self.mail_servers)]
        self.mail_servers += 1
        self.mail_server = children.start([sys.executable, "-m", "benchmarks._bad_server", *numbers], cwd=ROOT)

    def strike(self, blow: Blow) -> bool:
        """Kill one thing, let a moment pass, and start it again; False when just now there is no such thing."""
        kill = {
            "worker": self._kill_worker,
            "worker's child": self._kill_child,
            "mail server": self._kill_mail_server,
        }.get(blow.target, self._kill_server)
        if not kill(blow):
            return False
        self.kills[blow.target] += 1
        print(f"  kill {sum(self.kills.values()):3}: {blow.target}", flush=True)
        return True

    def _kill_worker(self, blow: Blow) -> bool:
        name = blow.choose([name for name, process in sorted(self.place.senders.items()) if process.poll() is None])
        if name is None or not killed(self.place.senders[name]):
            return False
        time.sleep(blow.pause)
        self.place.start_sender(name)
        return True

    def _kill_child(self, blow: Blow) -> bool:
        """Its worker starts another by itself."""
        child = blow.choose(self.place.sending_processes())
        if child is None:
            return False
        try:
            child.kill()
        except psutil.NoSuchProcess:
            return False
        return True

    def _kill_mail_server(self, blow: Blow) -> bool:
        if not killed(self.mail_server):
            return False
        time.sleep(blow.pause)
        self.start_mail_server()
        return True

    def _kill_server(self, blow: Blow) -> bool:
        server = self.place.postgres if blow.target == "database" else self.place.valkey
        server.stop(within=0)
        time.sleep(blow.pause)
        server.start()
        return True

    def noted(self, what: bytes) -> Counter[str]:
        """How often the mail server has kept the mail of each recipient, or dropped the connection over it."""
        lines = self.log.read_bytes().splitlines() if self.log.exists() else []
        return Counter(words[1].decode() for words in map(bytes.split, lines) if words[0] == what)

    def revive(self) -> None:
        """What a supervisor does: a worker that has ended by itself is started again."""
        for name, process in self.place.senders.items():
            if process.poll() is not None:
                print(f"  {name} has ended by itself", flush=True)
                self.kills["worker that ended by itself"] += 1
                self.place.start_sender(name)


def killed(process: subprocess.Popen[bytes]) -> bool:
    """Kill it with all that belongs to it; False when it had ended before."""
    if process.poll() is not None:
        return False
    children.stop([process], within=0)
    return True
