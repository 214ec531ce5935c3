"""What a 200 MiB picture costs the web process: `bin/bench pictures`.

Starts gunicorn as bin/dev and production do, on a free port with a database and folders of its own, sends pictures of
exactly 209,715,200 bytes through the application form, one and four at once, and samples the memory of the server and
all its workers. The same bytes go by curl into a bare sink on the same gunicorn, for comparison. Then what refusing a
hostile file costs, and what the child makes of a photo of 24 megapixels beside bare Pillow.
The last line is JSON; `holds` says whether every line of LINES does.
"""

import argparse
import http.client
import io
import json
import os
import re
import secrets
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import redis
from PIL import Image

from benchmarks import _hostile
from development.ports import free_port
from development.servers import EmbeddedServers
from pictures.header import read_header
from pictures.limits import MAX_BYTES

ROOT = Path(__file__).resolve().parent.parent
FORM = "/inkopsportalen/ansokan/"
MIB = 1024 * 1024
LONGEST = 420
LINES = {
    "web_extra_rss_mib": 40,
    "time_ratio": 1.5,
    "four_time_ratio": 1.5,
    "refusal_cpu_ms": 5,
    "render_ratio": 1.3,
    "child_rss_mib": 400,
}
"""What each number has to stay under."""


# --- Pictures of 200 MiB, mostly holes on disk ---------------------------------------------------------------------


def drawn(kind: str) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((800, 600), 60).convert("RGB").save(file, kind)
    return file.getvalue()


def png_with_a_private_chunk(path: Path, size: int = MAX_BYTES) -> Path:
    """The bulk stands before the picture, where a careless reader would take it into memory."""
    picture = drawn("PNG")
    bulk = size - len(picture) - 12
    crc = zlib.crc32(b"prVt")
    for _ in range(bulk // MIB):
        crc = zlib.crc32(bytes(MIB), crc)
    crc = zlib.crc32(bytes(bulk % MIB), crc)
    with path.open("wb") as file:
        file.write(picture[:33] + struct.pack(">I4s", bulk, b"prVt"))
        file.seek(bulk, io.SEEK_CUR)
        file.write(struct.pack(">I", crc) + picture[33:])
    return path


def jpeg_of_comments(path: Path, size: int = MAX_BYTES) -> Path:
    """Three thousand comments between the frame and the scan."""
    picture = drawn("JPEG")
    start = picture.index(b"\xff\xc0")
    frame = start + 2 + int.from_bytes(picture[start + 2 : start + 4], "big")
    left = size - len(picture)
    with path.open("wb") as file:
        file.write(picture[:frame])
        while left:
            length = min(65_537, left if left - 65_537 >= 4 or left <= 65_537 else left - 4)
            file.write(b"\xff\xfe" + struct.pack(">H", length - 2))
            file.seek(length - 4, io.SEEK_CUR)
            left -= length
        file.write(picture[frame:])
    return path


def webp_with_a_huge_profile(path: Path, size: int = MAX_BYTES) -> Path:
    picture = drawn("WEBP")
    bulk = size - 12 - 18 - 8 - len(picture[12:])
    extended = b"VP8X" + struct.pack("<IB3x", 10, 0x20) + (799).to_bytes(3, "little") + (599).to_bytes(3, "little")
    with path.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", size - 8) + b"WEBP" + extended + struct.pack("<4sI", b"ICCP", bulk))
        file.seek(bulk, io.SEEK_CUR)
        file.write(picture[12:])
    return path


# --- The server ----------------------------------------------------------------------------------------------------


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """The environment of a database that is dropped afterwards: in the given server, or in one of our own."""
    given = os.environ.get("DATABASE_URL")
    if not given:
        yield {}
        return
    import psycopg

    parts = urlsplit(given)
    name = f"bench_pictures_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {"DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}"))}
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def server(folder: Path) -> Iterator[tuple[psutil.Process, int]]:
    """A migrated gunicorn and its port; ended by its process id."""
    with ExitStack() as stack:
        environment = {**os.environ, **stack.enter_context(database())}
        port = free_port()
        environment |= {
            "DEBUG": "1",
            "PORT": str(port),
            "VAR_DIR": str(folder / "var"),
            "REDIS_PREFIX": f"bench-{os.getpid()}-",
            "PICTURES_OPEN_DRAFTS": "1000",
            "PICTURES_UPLOADS_PER_HOUR": "1000000",
        }
        run: dict[str, Any] = {"cwd": ROOT, "env": environment}
        subprocess.run([sys.executable, "manage.py", "migrate", "--no-input", "-v0"], check=True, **run)
        gunicorn = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "config/gunicorn.py"],
            stdout=subprocess.DEVNULL,
            stderr=(folder / "gunicorn.log").open("wb"),
            **run,
        )
        try:
            wait_for(port, gunicorn)
            yield psutil.Process(gunicorn.pid), port
        finally:
            gunicorn.terminate()
            try:
                gunicorn.wait(15)
            except subprocess.TimeoutExpired:
                gunicorn.kill()
            forget_messages(environment["REDIS_PREFIX"])


def forget_messages(prefix: str) -> None:
    """Empty what no worker of ours will read from a Redis that others use too."""
    if given := os.environ.get("REDIS_URL"):
        with redis.from_url(given) as shared:
            for key in shared.scan_iter(f"{prefix}*"):
                shared.delete(key)


def wait_for(port: int, gunicorn: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and gunicorn.poll() is None:
        try:
            if request(port, "GET", "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("gunicorn did not answer within 60 seconds.")


@contextmanager
def bare_sink(folder: Path) -> Iterator[int]:
    """The port of a gunicorn with the site's own settings before an application that reads and forgets."""
    port = free_port()
    environment = {**os.environ, "DEBUG": "1", "PORT": str(port), "VAR_DIR": str(folder / "var")}
    sink = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "benchmarks._sink:application", "--config", "config/gunicorn.py"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, sink)
        yield port
    finally:
        sink.terminate()
        sink.wait(15)


def curl(port: int, path: Path, at_once: int) -> float:
    """Seconds until `at_once` copies of the file, each sent by a curl of its own as a form, are all answered."""
    command = ["curl", "--silent", "--show-error", "--fail", "--output", "/dev/null", "--header", "Expect:"]
    command += ["--form", f"logo=@{path}", f"http://127.0.0.1:{port}/"]
    started = time.perf_counter()
    running = [subprocess.Popen(command) for _ in range(at_once)]
    if any(each.wait() for each in running):
        raise SystemExit("curl could not send the file into the sink.")
    return time.perf_counter() - started


# --- A browser's part ----------------------------------------------------------------------------------------------


def request(
    port: int, method: str, path: str, headers: dict[str, str] | None = None, body: Any = None
) -> tuple[int, str, str]:
    """Status, cookies as a request sends them back, and text."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        cookies = [value.partition(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie"]
        return response.status, "; ".join(cookies), response.read().decode()
    finally:
        connection.close()


@dataclass
class Visit:
    """The open application form of one visitor."""

    port: int
    cookies: str
    token: str

    @classmethod
    def begin(cls, port: int) -> "Visit":
        status, cookies, page = request(port, "GET", FORM)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if status != 200 or found is None:
            raise SystemExit(f"{FORM} answered {status}; the benchmark needs the application form.")
        return cls(port, cookies, found[1])

    def curl(self, path: Path) -> subprocess.Popen:
        """The same as `send`, by a curl of its own."""
        command = ["curl", "--silent", "--show-error", "--output", "/dev/null", "--write-out", "%{http_code}"]
        command += ["--header", "Expect:", "--header", f"Cookie: {self.cookies}"]
        command += ["--form", f"csrfmiddlewaretoken={self.token}", "--form", "upload_logo=1", "--form", f"logo=@{path}"]
        return subprocess.Popen([*command, f"http://127.0.0.1:{self.port}{FORM}"], stdout=subprocess.PIPE)

    def send(self, files: dict[str, Path]) -> tuple[int, int]:
        """Press the upload button with these files chosen. Returns the status and how many were saved."""
        boundary = secrets.token_hex(16)
        parts: list[bytes | Path] = []
        for name, value in (("csrfmiddlewaretoken", self.token), ("upload_logo", "1")):
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, path in files.items():
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{path.name}"\r\n\r\n'
            parts += [head.encode(), path, b"\r\n"]
        parts.append(f"--{boundary}--\r\n".encode())
        length = sum(part.stat().st_size if isinstance(part, Path) else len(part) for part in parts)
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(length),
            "Cookie": self.cookies,
        }
        status, _, page = request(self.port, "POST", FORM, headers, pieces(parts))
        return status, len(re.findall(r'-saved" value="[^"]+"', page))


def pieces(parts: list[bytes | Path]) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
            continue
        with part.open("rb") as file:
            while piece := file.read(256 * 1024):
                yield piece


# --- Measuring -----------------------------------------------------------------------------------------------------


def resident(process: psutil.Process) -> int:
    """Bytes of resident memory of the server and its workers together."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            total += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def peak_during(process: psutil.Process, work: Callable[[], object]) -> tuple[float, float]:
    """Extra MiB at the peak over what there was before, and seconds."""
    before, peak, done = resident(process), 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, resident(process))
            done.wait(0.01)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    started = time.perf_counter()
    try:
        work()
    finally:
        seconds = time.perf_counter() - started
        done.set()
        watcher.join()
    return max(0, max(peak, resident(process)) - before) / MIB, seconds


def header_cost(path: Path) -> tuple[float, float]:
    """Median milliseconds for reading a header, and the most KiB of memory it took."""
    times = []
    with path.open("rb") as file:
        for _ in range(50):
            started = time.perf_counter()
            read_header(file)
            times.append(time.perf_counter() - started)
        tracemalloc.start()
        read_header(file)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return statistics.median(times) * 1000, most / 1024


def warm_up(port: int, small: Path) -> None:
    """Let every worker and thread load its code before anything is measured."""

    def visit() -> None:
        for _ in range(4):
            Visit.begin(port).send({"logo": small})

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def expect(found: tuple[int, int], statuses: set[int], saved: int, what: str) -> None:
    if found[0] not in statuses or found[1] != saved:
        raise SystemExit(f"{what}: expected status {statuses} and {saved} saved, got {found[0]} and {found[1]}.")


def measure(
    process: psutil.Process,
    port: int,
    what: str,
    files: dict[str, Path],
    rounds: int,
    statuses: set[int],
    *,
    saved: int,
) -> float:
    """Send the files `rounds` times and print a line of the table. Returns the worst extra MiB."""
    extra, seconds = [], []
    for _ in range(rounds):
        visit = Visit.begin(port)
        peak, took = peak_during(process, lambda visit=visit: expect(visit.send(files), statuses, saved, what))  # type: ignore[misc]
        extra.append(peak)
        seconds.append(took)
    print(f"{what:38}{statistics.median(extra):14.1f}{max(extra):10.1f}{statistics.median(seconds):12.2f}", flush=True)
    return max(extra)


def upload_by_curl(port: int, path: Path, at_once: int) -> float:
    """Seconds until as many visitors have each had their file of 200 MiB saved."""
    visits = [Visit.begin(port) for _ in range(at_once)]
    started = time.perf_counter()
    running = [visit.curl(path) for visit in visits]
    said = [each.communicate()[0] for each in running]
    seconds = time.perf_counter() - started
    if said != [b"200"] * at_once:
        raise SystemExit(f"The application form answered {said}.")
    return seconds


def compared(process: psutil.Process, port: int, path: Path, rounds: int, folder: Path) -> dict[str, float]:
    """The form against the sink, one and four at once, in turn: the median ratio, and the memory meanwhile."""
    answer: dict[str, float] = {}
    with bare_sink(folder) as sink:
        for at_once, name in ((1, ""), (4, "four_")):
            ours, bare, extra = [], [], []
            upload_by_curl(port, path, 1)
            curl(sink, path, 1)
            for _ in range(rounds):
                took: list[float] = []
                work = lambda took=took: took.append(upload_by_curl(port, path, at_once))  # noqa: B023, E731
                extra.append(peak_during(process, work)[0])
                ours += took
                bare.append(curl(sink, path, at_once))
                shutil.rmtree(folder / "var" / "media", ignore_errors=True)
            ratio = statistics.median(ours) / statistics.median(bare)
            what = f"{at_once} by curl: form / sink"
            print(f"{what:38}{statistics.median(extra):14.1f}{max(extra):10.1f}{statistics.median(ours):12.2f}", end="")
            print(f" / {statistics.median(bare):.2f} = {ratio:.2f}", flush=True)
            answer |= {
                f"{name}extra_rss_mib": round(max(extra), 1),
                f"{name}form_s": round(statistics.median(ours), 2),
                f"{name}sink_s": round(statistics.median(bare), 2),
                f"{name}time_ratio": round(ratio, 2),
            }
    return answer


def refusals(folder: Path) -> float:
    print(f"\n{'refusing':50}{'CPU, ms (worst of 30)':>24}")
    slowest = 0.0
    for what, path in _hostile.hostile(folder).items():
        cost = _hostile.refusal_cost(path)
        slowest = max(slowest, cost)
        print(f"{what:50}{cost:24.3f}")
    return slowest


def run(rounds: int, folder: Path) -> dict[str, Any]:
    huge = [
        png_with_a_private_chunk(folder / "logga.png"),
        jpeg_of_comments(folder / "bild.jpg"),
        webp_with_a_huge_profile(folder / "porträtt.webp"),
    ]
    overlong = png_with_a_private_chunk(folder / "för stor.png", MAX_BYTES + 1)
    small = folder / "liten.png"
    small.write_bytes(drawn("PNG"))
    assert all(path.stat().st_size == MAX_BYTES for path in huge)

    print(f"{'':38}{'extra memory, MiB':>24}{'seconds':>12}")
    print(f"{'':38}{'median':>14}{'worst':>10}{'median':>12}")
    worst = 0.0
    answer: dict[str, Any] = {}
    with server(folder) as (process, port):
        warm_up(port, small)
        answer["web_rss_mib"] = round(resident(process) / MIB, 1)

        for path in huge:
            what = f"one {path.suffix[1:].upper()} of 200 MiB"
            worst = max(worst, measure(process, port, what, {"logo": path}, rounds, {200}, saved=1))
        three = dict(zip(("logo", "picture", "contact_picture"), huge, strict=True))
        worst = max(worst, measure(process, port, "three of 200 MiB in one form", three, 1, {200}, saved=3))
        too_large = {"logo": overlong}
        worst = max(worst, measure(process, port, "one byte over: refused", too_large, 1, {400, 413}, saved=0))
        shutil.rmtree(folder / "var" / "media", ignore_errors=True)
        answer |= compared(process, port, huge[0], rounds, folder)
        worst = max(worst, answer["extra_rss_mib"], answer["four_extra_rss_mib"])

    print(f"\n{'reading the header of':38}{'most memory, KiB':>24}{'ms':>12}")
    slowest = 0.0
    for path in huge:
        milliseconds, kibibytes = header_cost(path)
        slowest = max(slowest, milliseconds)
        print(f"{path.name:38}{kibibytes:24.1f}{milliseconds:12.3f}")
    answer |= {"refusal_cpu_ms": round(refusals(folder), 3)}
    answer |= _hostile.rendering_cost(_hostile.photo(folder / "foto.jpg"), rounds)
    _hostile.still_renders(folder)
    numbers = {"web_extra_rss_mib": round(worst, 1), **answer, "header_ms": round(slowest, 3), "rounds": rounds}
    return {**numbers, "holds": all(numbers[name] < limit for name, limit in LINES.items())}


def configure() -> None:
    """Django in this process too, for the sentences of refusals."""
    os.environ |= {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django

    django.setup()


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench pictures", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="uploads of each kind (default 3)")
    rounds = max(1, parser.parse_args().rounds)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"Not finished after {LONGEST} seconds."))
    signal.alarm(LONGEST)
    with tempfile.TemporaryDirectory(prefix="bench-pictures-") as name, ExitStack() as stack:
        folder = Path(name)
        os.environ["VAR_DIR"] = str(folder / "var")
        configure()
        stack.enter_context(EmbeddedServers(folder / "var", durable=False))
        answer = run(rounds, folder)
    print(json.dumps(answer))
    return 0 if answer["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
