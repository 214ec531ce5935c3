"""An SMTP server that answers each step as a test tells it to, and writes down what it was told."""

import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

import pytest

Answer = str | None
# What to answer to a step, or who decides: called with what was said, and answers None for the usual.
Script = Answer | Callable[[str], Answer]

OFFERS = ("PIPELINING", "SIZE 1000000")
PLAIN = ("SIZE 1000000",)
# Asked of a server of either kind.
BOTH = pytest.mark.parametrize("offers", [("PIPELINING",), PLAIN], ids=["pipelining", "step by step"])
USUAL = {
    "hello": "220 scripted ESMTP",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 Go on",
    ".": "250 2.0.0 Kept",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Goodbye",
}
# Of a mail whose sender or recipient was refused, as those who send all three at once have to be told.
TOO_EARLY = {"RCPT": "503 5.5.1 MAIL first", "DATA": "554 5.5.1 No valid recipients"}
# Instead of an answer.
HANG_UP = "hang up"
SAY_NOTHING = "say nothing"
# Seconds to wait for a server with such a trouble. What it does say comes sooner, though the machine is held up.
SILENCE = {HANG_UP: 30, SAY_NOTHING: 2}


class Scripted:
    """`steps` says what is answered to `hello` (the greeting), each verb and `.` (the end of the content).

    `heard` has what was said, over all connections; `kept` has (recipient, content) of what was answered 2xx to, with
    the dots taken out again. With `offers` it tells what it can; `in_bits` sends answers byte by byte.
    """

    def __init__(self, *, offers: tuple[str, ...] = OFFERS, in_bits: bool = False) -> None:
        self.steps: dict[str, Script] = {}
        self.offers = offers
        self.in_bits = in_bits
        self.heard: list[str] = []
        self.kept: list[tuple[str, bytes]] = []
        self.connections = 0
        # How often the client had said more before it was answered.
        self.ahead = 0
        self.over = threading.Event()
        self.talking: list[socket.socket] = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.door.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._receive, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.shut_the_door()
        self.hang_up()

    def shut_the_door(self) -> None:
        """Let nobody in any more; who is in may stay."""
        with suppress(OSError):
            self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()

    def hang_up(self) -> None:
        """Close every connection there is."""
        for line in self.talking:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def said(self, verb: str) -> list[str]:
        return [line for line in self.heard if line.upper().startswith(verb)]

    def _receive(self) -> None:
        with suppress(OSError):
            while True:
                line, _address = self.door.accept()
                self.connections += 1
                self.talking.append(line)
                threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        ear = Ear(line)
        # ValueError: asked for more of a connection that was closed meanwhile.
        with suppress(OSError, ValueError, HungUp), line:
            self._say(ear, self._choose("hello", ""))
            # Of this connection; in `heard` all of them talk at once.
            begun, recipient = False, ""
            while True:
                said = ear.line().decode("latin-1").rstrip("\r\n")
                self.heard.append(said)
                verb = said[:4].upper().strip()
                missing = {"RCPT": not begun, "DATA": not recipient}.get(verb)
                code = self._say(ear, self._choose(verb, said, TOO_EARLY if missing else USUAL))
                if verb in {"MAIL", "RSET"}:
                    begun, recipient = verb == "MAIL" and code.startswith("2"), ""
                elif verb == "RCPT":
                    recipient = said.partition("<")[2].rpartition(">")[0] if code.startswith("2") else ""
                elif verb == "DATA" and code == "354":
                    content = b"".join(part.removeprefix(b".") for part in iter(ear.line, b".\r\n"))
                    answer = self._choose(".", recipient)
                    if answer.startswith("2"):
                        self.kept.append((recipient, content))
                    self._say(ear, answer)
                    begun, recipient = False, ""
                elif verb == "QUIT":
                    return

    def _choose(self, step: str, said: str, usual: dict[str, str] = USUAL) -> str:
        """What the script has for this step."""
        script = self.steps.get(step)
        answer = script(said) if callable(script) else script
        if answer is not None:
            return answer
        return self._hello() if step == "EHLO" else usual.get(step, "502 5.5.2 What?")

    def _say(self, ear: "Ear", answer: str) -> str:
        """Say it, or do what is meant instead; returns the code."""
        line = ear.socket
        if answer == SAY_NOTHING:
            self.over.wait(60)
        if answer in {HANG_UP, SAY_NOTHING}:
            line.shutdown(socket.SHUT_RDWR)
            raise HungUp
        self.ahead += ear.has_more()
        everything = f"{answer}\r\n".encode("latin-1")
        for part in (everything[i : i + 1] for i in range(len(everything))) if self.in_bits else (everything,):
            line.sendall(part)
        if answer.startswith("421"):
            line.shutdown(socket.SHUT_WR)
            raise HungUp
        return answer[:3]

    def _hello(self) -> str:
        lines = ["scripted", *self.offers]
        return "\r\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)


class HungUp(Exception):
    pass


class Ear:
    """What comes in over a connection, line by line."""

    def __init__(self, line: socket.socket) -> None:
        self.socket = line
        self.words = b""

    def line(self) -> bytes:
        while b"\n" not in self.words:
            more = self.socket.recv(65536)
            if not more:
                raise HungUp
            self.words += more
        said, _, self.words = self.words.partition(b"\n")
        return said + b"\n"

    def has_more(self) -> bool:
        return bool(self.words or select.select([self.socket], [], [], 0)[0])


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for the condition to come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)
