"""Mail servers to send to, the line to them, and the reference: how fast mail can be handed over at all."""

import asyncio
import multiprocessing
import os
import shutil
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks._site import ROOT, wait_for
from development import children
from development.ports import free_port

SYSTEM_PROGRAMS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def program(name: str) -> str | None:
    """One of the test programs that come with Postfix, when they are installed."""
    return shutil.which(name, path=SYSTEM_PROGRAMS)


@contextmanager
def sink(port: int) -> Iterator[str]:
    """A server that takes everything and keeps nothing: smtp-sink, or our own. Says which."""
    installed = program("smtp-sink")
    # It does not serve as root.
    account = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = (
        [installed, *account, f"127.0.0.1:{port}", "100"]
        if installed
        else [sys.executable, "-m", "benchmarks._smtp", str(port)]
    )
    process = children.start(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        wait_for(port)
        yield "smtp-sink" if installed else "asyncio"
    finally:
        children.stop([process], within=2)


def reference(port: int, *, sessions: int, size: int, messages: int) -> float:
    """Messages a second that `sessions` connections hand over with nothing else to do: by smtp-source, else smtplib."""
    installed = program("smtp-source")
    started = time.perf_counter()
    if installed:
        command = [installed, "-d", "-s", str(sessions), "-l", str(size), "-m", str(messages)]
        command += ["-f", "labb@example.org", "-t", "lasare@example.org", f"127.0.0.1:{port}"]
        subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    else:
        work = [
            multiprocessing.Process(target=_hand_over, args=(port, size, messages // sessions)) for _ in range(sessions)
        ]
        for process in work:
            process.start()
        for process in work:
            process.join(300)
    return messages / (time.perf_counter() - started)


def _hand_over(port: int, size: int, messages: int) -> None:
    content = b"Subject: reference\r\n\r\n" + (b"x" * 70 + b"\r\n") * (size // 72) + b".\r\n"
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.ehlo()
        for _ in range(messages):
            smtp.mail("labb@example.org")
            smtp.rcpt("lasare@example.org")
            smtp.docmd("DATA")
            smtp.send(content)
            smtp.getreply()


class Line:
    """A connection through the proxy: what comes in goes out again after `delay` seconds, in order."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
        self.reader, self.writer, self.delay = reader, writer, delay
        self.under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def carry(self) -> None:
        await asyncio.gather(self._take(), self._give())

    async def _take(self) -> None:
        now = asyncio.get_running_loop().time
        while data := await self.reader.read(65536):
            self.under_way.put_nowait((now() + self.delay, data))
        self.under_way.put_nowait((now() + self.delay, b""))

    async def _give(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            at, data = await self.under_way.get()
            if (wait := at - now()) > 0:
                await asyncio.sleep(wait)
            if not data:
                self.writer.close()
                return
            self.writer.write(data)
            await self.writer.drain()


@contextmanager
def far_away(port: int, milliseconds: float) -> Iterator[int]:
    """A port that leads to `port` with so many milliseconds there and back, as to a real relay."""
    near = free_port()
    command = [sys.executable, "-m", "benchmarks._smtp", str(near), str(port), str(milliseconds)]
    process = children.start(command, cwd=ROOT)
    try:
        wait_for(near)
        yield near
    finally:
        children.stop([process], within=2)


async def _proxy(near: int, far: int, delay: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", far)
        there, back = Line(reader, far_writer, delay), Line(far_reader, writer, delay)
        await asyncio.gather(there.carry(), back.carry(), return_exceptions=True)

    server = await asyncio.start_server(connected, "127.0.0.1", near)
    await server.serve_forever()


class Taker(asyncio.Protocol):
    """The least a mail server does, with PIPELINING: for where Postfix's smtp-sink is not installed."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.buffer = bytearray()
        self.in_content = False
        self.transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._step():
            pass

    def _step(self) -> bool:
        mark = b"\r\n.\r\n" if self.in_content else b"\r\n"
        end = self.buffer.find(mark)
        if end < 0:
            return False
        line = bytes(self.buffer[:end])
        del self.buffer[: end + len(mark)]
        self.transport.write(self._answer(line))
        return True

    def _answer(self, line: bytes) -> bytes:
        if self.in_content:
            self.in_content = False
            return b"250 2.0.0 Taken\r\n"
        match line[:4].upper():
            case b"EHLO":
                return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
            case b"DATA":
                self.in_content = True
                return b"354 Go on\r\n"
            case b"QUIT":
                return b"221 2.0.0 Goodbye\r\n"
        return b"250 2.0.0 Ok\r\n"


async def _sink(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Taker, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    port_here, *rest = sys.argv[1:]
    asyncio.run(_proxy(int(port_here), int(rest[0]), float(rest[1]) / 2000) if rest else _sink(int(port_here)))
