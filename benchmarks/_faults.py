"""Kills in the middle of a sending: `bin/bench newsletter --faults 30 --seed 1`.

A digest goes to a mail server that misbehaves (421, 451, 550, connections dropped before and after the final dot) while
workers, the broker, PostgreSQL and the mail server itself are killed with SIGKILL, one after the other, and started
again. Then the books are held against what the mail server kept. The same seed gives the same order of misfortunes.
"""

import asyncio
import os
import random
import signal
import sys
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from benchmarks import _readers
from benchmarks._site import ROOT, Site, site
from benchmarks._smtp import wait_for
from development import children
from development.ports import free_port

TARGETS = ("worker", "worker", "worker's child", "broker", "database", "mail server")
LEASE_SECONDS = 4
# Mails a second, so that there is a middle to kill in.
RATE = 250
# Readers who leave while it is going on.
LEAVING = 10


# --- A mail server that misbehaves ----------------------------------------------------------------------------------


class BadServer:
    """Keeps a line for each mail it has taken, written before it says so: it outlives a kill as the mail would."""

    def __init__(self, log: Path, seed: int) -> None:
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.dice = random.Random(seed)  # noqa: S311

    async def serve(self, port: int) -> None:
        server = await asyncio.start_server(self.talk, "127.0.0.1", port, limit=2**20)
        await server.serve_forever()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = b""
        writer.write(b"220 bad ESMTP\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-bad\r\n250-PIPELINING\r\n250 SIZE 10000000\r\n")
            elif verb == b"RCPT":
                answer = self._about_recipient()
                recipient = b"" if answer else line[line.index(b"<") + 1 : line.rindex(b">")]
                writer.write(answer or b"250 2.1.5 Ok\r\n")
                if answer[:3] == b"421":
                    return
            elif verb == b"DATA":
                if not recipient:
                    writer.write(b"554 5.5.1 No valid recipients\r\n")
                    continue
                writer.write(b"354 Go on\r\n")
                content = await reader.readuntil(b"\r\n.\r\n")
                chance = self.dice.random()
                if chance < 0.01:
                    writer.transport.abort()
                    return
                if chance < 0.02:
                    writer.write(b"451 4.3.0 Later, please\r\n")
                    continue
                self._keep(recipient, content)
                if chance < 0.03:
                    writer.transport.abort()
                    return
                writer.write(b"250 2.0.0 Kept\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 2.0.0 Goodbye\r\n")
                return
            else:
                writer.write(b"250 2.0.0 Ok\r\n")

    def _about_recipient(self) -> bytes:
        chance = self.dice.random()
        if chance < 0.002:
            return b"421 4.7.0 Too many from you\r\n"
        if chance < 0.02:
            return b"451 4.7.1 Greylisted\r\n"
        return b"550 5.1.1 No such user\r\n" if chance < 0.03 else b""

    def _keep(self, recipient: bytes, content: bytes) -> None:
        start = content.index(b"Message-ID: ") + 12
        os.write(self.log, recipient + b" " + content[start : content.index(b"\r\n", start)] + b"\n")


# --- The killer -----------------------------------------------------------------------------------------------------


class Misfortune:
    """Kills and starts again what an issue needs on its way."""

    def __init__(self, place: Site, port: int, log: Path, seed: int) -> None:
        self.place, self.port, self.log, self.seed = place, port, log, seed
        self.dice = random.Random(seed)  # noqa: S311
        self.kills: Counter[str] = Counter()
        self.start_mail_server()

    def start_mail_server(self) -> None:
        command = [
            sys.executable,
            "-m",
            "benchmarks._faults",
            str(self.port),
            str(self.log),
            str(self.seed + sum(self.kills.values())),
        ]
        self.mail_server = children.start(command, cwd=ROOT)

    def strike(self) -> None:
        """Kill one thing, let a moment pass, and start it again."""
        target = self.dice.choice(TARGETS)
        pause = self.dice.uniform(0, 1)
        self.kills[target] += 1
        print(f"  kill {sum(self.kills.values()):3}: {target}", flush=True)
        if target.startswith("worker"):
            self._kill_worker(target, pause)
        elif target == "mail server":
            children.stop([self.mail_server], within=0)
            time.sleep(pause)
            self.start_mail_server()
        else:
            server = self.place.postgres if target == "database" else self.place.valkey
            server.stop(within=0)
            time.sleep(pause)
            server.start()

    def _kill_worker(self, target: str, pause: float) -> None:
        name = self.dice.choice(sorted(self.place.senders))
        if target == "worker":
            children.stop([self.place.senders[name]], within=0)
            time.sleep(pause)
            self.place.start_sender(name)
        else:
            for process in self.place.sending_processes()[:1]:
                with suppress(Exception):
                    process.send_signal(signal.SIGKILL)

    def kept(self) -> Counter[str]:
        """How often the mail server has taken the mail of each recipient."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return Counter(line.partition(" ")[0] for line in lines)

    def revive(self) -> None:
        """What a supervisor does: a worker that has ended by itself is started again."""
        for name, process in self.place.senders.items():
            if process.poll() is not None:
                self.place.start_sender(name)


def patiently(step: Callable[[], Any]) -> Any:
    """What the step returns, however often the database is away."""
    from django.db import InterfaceError, OperationalError, connection

    for _ in range(600):
        try:
            return step()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(0.1)
    raise SystemExit("The database never came back.")


def run(options: Namespace) -> dict[str, Any]:
    """One sending with `options.faults` kills; raises SystemExit when the books do not add up."""
    with ExitStack() as stack:
        port = free_port()
        limits = {"NEWSLETTER_RATE": RATE, "NEWSLETTER_DOMAIN_RATE": RATE, "NEWSLETTER_CONNECTIONS": 4}
        place = stack.enter_context(site(port, NEWSLETTER_LEASE_SECONDS=LEASE_SECONDS, **limits))
        misfortune = Misfortune(place, port, place.var_dir / "kept.log", options.seed)
        stack.callback(lambda: children.stop([misfortune.mail_server], within=0))
        wait_for(port)
        from newsletter.sending import IssueFreeze

        labs = _readers.make_labs()
        _readers.make_entries(labs, each=1, words=30)
        _readers.make_subscribers(options.subscribers, labs)
        for number in range(options.workers):
            place.start_sender(f"sender{number + 1}")
        issue = _readers.make_issue()
        IssueFreeze(issue).run()
        _send(issue, misfortune, options)
        return _books(issue, misfortune, options)


def _send(issue: Any, misfortune: Misfortune, options: Namespace) -> None:
    from newsletter.models import Issue

    at = sorted(misfortune.dice.randrange(options.subscribers) for _ in range(options.faults))
    leaving = misfortune.dice.sample(range(options.subscribers), LEAVING)
    deadline = time.monotonic() + options.patience
    while True:
        _time_passes(issue)
        misfortune.revive()
        count = sum(misfortune.kept().values())
        if leaving:
            _leave(leaving.pop())
        if at and (count >= at[0] or count > 0.9 * options.subscribers):
            del at[0]
            misfortune.strike()
        elif not at and patiently(lambda: Issue.objects.filter(pk=issue.pk, state="sent").exists()):
            return
        if time.monotonic() > deadline:
            raise SystemExit(f"Not done in time: {patiently(issue.deliveries.counts)}, kept {count}")
        time.sleep(0.2)


def _leave(number: int) -> None:
    from newsletter.models import Subscriber

    reader = Subscriber.objects.filter(email__startswith=f"lasare{number + 1}@")

    def leave() -> None:
        for each in reader:
            each.leave("changed my mind")

    patiently(leave)


def _time_passes(issue: Any) -> None:
    """A minute in a moment: what waits for another attempt may go, rates recover, and the clock kicks."""
    import redis
    from django.utils import timezone

    from newsletter.sending.pace import Pace, bucket, key
    from newsletter.tasks import enqueue_drain

    patiently(lambda: issue.deliveries.filter(state="pending").update(not_before=timezone.now()))
    with suppress(redis.RedisError):
        Pace().redis.delete(*Pace().redis.keys(key("pace:*")) or [bucket("-")])
        if len(Pace().redis.lrange("newsletter", 0, 5)) < 2:
            enqueue_drain(issue.pk)


def _books(issue: Any, misfortune: Misfortune, options: Namespace) -> dict[str, Any]:
    """Hold the books against what the mail server kept."""
    issue.refresh_from_db()
    counts = issue.deliveries.counts()
    kept = misfortune.kept()
    states: dict[str, set[str]] = {}
    for state, email in issue.deliveries.values_list("state", "subscriber__email"):
        states.setdefault(state, set()).add(email)
    accepted, unknown = states.get("accepted", set()), states.get("unknown", set())
    duplicates = sum(number - 1 for number in kept.values())
    closed = counts["accepted"] + counts["failed"] + counts["unknown"] + counts["skipped"]
    wrong = {
        "duplicates": duplicates,
        "not accounted for": issue.audience_size - closed,
        "accepted but never kept": len(accepted - kept.keys()),
        "kept but failed or skipped": len(kept.keys() - accepted - unknown),
        "audience": options.subscribers - issue.audience_size,
    }
    result = {
        "audience": issue.audience_size,
        **{state: counts[state] for state in ("accepted", "failed", "unknown", "skipped")},
        "duplicates": duplicates,
        "kept": sum(kept.values()),
        "unknown_but_kept": len(unknown & kept.keys()),
        "seed": options.seed,
        "kills": dict(misfortune.kills),
        "unknown_because": dict(
            Counter(
                reply[:60] for reply in issue.deliveries.filter(state="unknown").values_list("smtp_reply", flat=True)
            )
        ),
    }
    if any(wrong.values()):
        raise SystemExit(f"The books do not add up: {wrong}; {result}")
    return result


if __name__ == "__main__":
    port_here, log_here, seed_here = sys.argv[1:]
    asyncio.run(BadServer(Path(log_here), int(seed_here)).serve(int(port_here)))
