"""What a 200 MiB picture costs the web process: `bin/bench pictures`.

Starts gunicorn as production does, on a free port with a database and folders of its own, sends pictures of
exactly 209,715,200 bytes, and samples the memory of the server and all its workers: in pieces as the script in the page
does, and whole through the form as without it, one and four at once. The same bytes go by curl into a bare sink on the
same gunicorn, which forgets them, or writes them to a file. Then what refusing a hostile file costs, and what the child
makes of a photo of 24 megapixels beside bare Pillow; and two hundred small applications from twenty clients at once.
The last line is JSON; `holds` says whether every line of LINES does.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from benchmarks import _hostile, applications
from benchmarks._huge import drawn, jpeg_of_comments, png_with_a_private_chunk, webp_with_a_huge_profile
from benchmarks._site import MIB, answer, resident
from benchmarks._visit import Visit, cut
from benchmarks._web import bare_sink, database, place, server
from pictures.header import read_header
from pictures.limits import MAX_BYTES

LONGEST = 900
# Rounds at least: what one upload takes varies by a factor of three on a shared machine.
COMPARISONS = 15
# At once, small ones, as `bin/bench applications` does.
APPLICATIONS, CLIENTS = 200, 20
LINES = {
    "web_extra_rss_mib": 40,
    "time_ratio": 1.5,
    "four_time_ratio": 1.5,
    "refusal_s": 1,
    "refusal_cpu_ms": 5,
    "render_ratio": 1.3,
    "child_rss_mib": 400,
}
"""What each number has to stay under."""


# --- Measuring -----------------------------------------------------------------------------------------------------


def resident_together(process: psutil.Process) -> int:
    """Bytes of memory of the server and its workers."""
    return sum(resident(each) for each in [process, *process.children(recursive=True)])


def processor_seconds(process: psutil.Process) -> float:
    """What the server and its workers have used of processors: tells also where others keep the machine busy."""
    times = [each.cpu_times() for each in [process, *process.children(recursive=True)]]
    return sum(each.user + each.system for each in times)


def peak_during(process: psutil.Process, work: Callable[[], object]) -> tuple[float, float]:
    """Extra MiB at the peak over what there was before, and seconds."""
    before, peak, done = resident_together(process), 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, resident_together(process))
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
    return max(0, max(peak, resident_together(process)) - before) / MIB, seconds


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


def seconds_until(running: list[subprocess.Popen], started: float, last: str) -> float:
    """Seconds from `started` until all have ended, whose last word is to be the status `last`."""
    said = [each.communicate()[0].decode().split() for each in running]
    seconds = time.perf_counter() - started
    if any(words[-1:] != [last] for words in said):
        raise SystemExit(f"Expected {last}, got {said}.")
    return seconds


def in_pieces(port: int, path: Path, at_once: int) -> float:
    """Seconds until as many visitors have each had their file of 200 MiB saved, as the script in the page sends it."""
    visits = [Visit.begin(port) for _ in range(at_once)]
    started = time.perf_counter()
    return seconds_until([visit.transfer(path) for visit in visits], started, "201")


def in_the_form(port: int, path: Path, at_once: int) -> float:
    """The same without a script."""
    visits = [Visit.begin(port) for _ in range(at_once)]
    started = time.perf_counter()
    return seconds_until([visit.post(path) for visit in visits], started, "200")


def into_the_sink(port: int, path: Path, at_once: int, where: str = "/forget") -> float:
    """Seconds until as many copies of the file, each sent by a curl of its own, are all answered."""
    command = ["curl", "--silent", "--show-error", "--output", "/dev/null", "--write-out", "%{http_code}"]
    command += ["--header", "Expect:", "--upload-file", str(path), f"http://127.0.0.1:{port}{where}"]
    started = time.perf_counter()
    return seconds_until([subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(at_once)], started, "200")


def compared(process: psutil.Process, port: int, path: Path, rounds: int, folder: Path) -> dict[str, float]:
    """Ours against the sink, one and four at once, in turn: the median ratios, and the memory meanwhile.

    Each is compared with what the sink took in the same round: the machine's own speed comes and goes for longer.
    """
    measured: dict[str, float] = {}
    cut(path)
    with bare_sink(folder) as (bare, sink):
        ways: dict[str, Callable[[int], float]] = {
            "sink": lambda at_once: into_the_sink(sink, path, at_once),
            "copy": lambda at_once: into_the_sink(sink, path, at_once, "/copy"),
            "upload": lambda at_once: in_pieces(port, path, at_once),
            "form": lambda at_once: in_the_form(port, path, at_once),
        }
        for at_once, prefix in ((1, ""), (4, "four_")):
            took: dict[str, list[float]] = {name: [] for name in ways}
            busy: dict[str, list[float]] = {name: [] for name in ways}
            extra: list[float] = []
            for way in ways.values():
                way(1)
            for _ in range(rounds):
                for name, way in ways.items():
                    work = lambda name=name, way=way: took[name].append(way(at_once))  # noqa: B023, E731
                    before = processor_seconds(process) + processor_seconds(bare)
                    extra.append(peak_during(process, work)[0])
                    busy[name].append(processor_seconds(process) + processor_seconds(bare) - before)
                    shutil.rmtree(folder / "var" / "media", ignore_errors=True)
            median = {name: statistics.median(times) for name, times in took.items()}
            for name, seconds in median.items():
                what = f"{at_once} at once: {name} (× {ratio(took[name], took['sink']):.2f})"
                cost = statistics.median(busy[name])
                print(f"{what:38}{'of processors:':>16}{cost:8.2f}{seconds:12.2f}", flush=True)
            measured |= {
                f"{prefix}extra_rss_mib": round(max(extra), 1),
                **{f"{prefix}{name}_s": round(seconds, 2) for name, seconds in median.items()},
                f"{prefix}time_ratio": round(ratio(took["upload"], took["sink"]), 2),
                f"{prefix}copy_ratio": round(ratio(took["upload"], took["copy"]), 2),
                f"{prefix}form_ratio": round(ratio(took["form"], took["sink"]), 2),
                f"{prefix}cpu_ratio": round(statistics.median(busy["upload"]) / statistics.median(busy["sink"]), 2),
            }
    return measured


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median over the rounds."""
    return statistics.median(our / their for our, their in zip(ours, theirs, strict=True))


def refusals(folder: Path) -> float:
    print(f"\n{'refusing':50}{'CPU, ms (worst of 30)':>24}")
    slowest = 0.0
    for what, path in _hostile.hostile(folder).items():
        cost = _hostile.refusal_cost(path)
        slowest = max(slowest, cost)
        print(f"{what:50}{cost:24.3f}")
    return slowest


def run(rounds: int, folder: Path) -> tuple[dict[str, Any], dict[str, bool]]:
    """What was measured, and the limits, each with whether it is kept."""
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
    measured: dict[str, Any] = {}
    with database(folder) as database_url, server(folder, database_url) as (process, port):
        warm_up(port, small)
        measured["web_rss_mib"] = round(resident_together(process) / MIB, 1)

        for path in huge:
            what = f"one {path.suffix[1:].upper()} of 200 MiB"
            worst = max(worst, measure(process, port, what, {"logo": path}, rounds, {200}, saved=1))
        three = dict(zip(("logo", "picture", "contact_picture"), huge, strict=True))
        worst = max(worst, measure(process, port, "three of 200 MiB in one form", three, 1, {200}, saved=3))
        too_large = {"logo": overlong}
        worst = max(worst, measure(process, port, "one byte over: refused", too_large, 1, {400, 413}, saved=0))
        shutil.rmtree(folder / "var" / "media", ignore_errors=True)
        measured |= compared(process, port, huge[0], max(rounds, COMPARISONS), folder)
        worst = max(worst, measured["extra_rss_mib"], measured["four_extra_rss_mib"])
        no_picture = folder / "cv.png"
        no_picture.write_bytes(b"%PDF-1.7\n" + bytes(MAX_BYTES - 9))
        measured["refusal_s"] = round(max(Visit.begin(port).refused(no_picture) for _ in range(COMPARISONS)), 3)
        print(f"{'a PDF of 200 MiB: refused':38}{measured['refusal_s']:36.3f}", flush=True)
        print(f"\n{APPLICATIONS} small applications from {CLIENTS} clients at once", flush=True)
        many = applications.measure(port, database_url, applications=APPLICATIONS, clients=CLIENTS)
        print(json.dumps(many), flush=True)
        measured |= {name: many[name] for name in ("applications", "lost", "doubled", "server_errors")}

    print(f"\n{'reading the header of':38}{'most memory, KiB':>24}{'ms':>12}")
    slowest = 0.0
    for path in huge:
        milliseconds, kibibytes = header_cost(path)
        slowest = max(slowest, milliseconds)
        print(f"{path.name:38}{kibibytes:24.1f}{milliseconds:12.3f}")
    measured |= {"refusal_cpu_ms": round(refusals(folder), 3)}
    measured |= _hostile.rendering_cost(_hostile.photo(folder / "foto.jpg"), rounds)
    _hostile.still_renders(folder)
    measured |= {"web_extra_rss_mib": round(worst, 1), "header_ms": round(slowest, 3), "rounds": rounds}
    limits = {f"{name} {measured[name]} < {limit}": measured[name] < limit for name, limit in LINES.items()}
    return measured, limits | applications.limits(many)


def configure() -> None:
    """Django in this process too, for the sentences of refusals."""
    os.environ |= {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django

    django.setup()


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench pictures", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="uploads of each kind (default 3)")
    rounds = max(1, parser.parse_args().rounds)
    with place(LONGEST, durable=False) as folder:
        configure()
        measured, limits = run(rounds, folder)
    return answer(measured, limits)


if __name__ == "__main__":
    sys.exit(main())
