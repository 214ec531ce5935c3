"""Many small applications at once: `bin/bench applications`.

Starts gunicorn as production does, on a free port with a database and folders of its own. Twenty clients send
two hundred applications as browsers do: open the form, let the autosave keep its first field, wait as long as the form
asks a person to, send it with three small pictures, and open the receipt. Every second client clicks twice, so that the
same form arrives twice at once. Afterwards the database is asked. The last line is JSON; `holds` says whether none was
lost, none doubled and nothing answered with a 5xx.
"""

import argparse
import http.client
import json
import re
import secrets
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
from stdnum import luhn

from benchmarks._huge import drawn
from benchmarks._site import answer
from benchmarks._web import database, place, server

FORM = "/inkopsportalen/ansokan/"
AUTOSAVE = "/inkopsportalen/ansokan/paborjad/"
LONGEST = 420
# Seconds: the form takes who is quicker than two for a machine (antispam.tickets).
FILLING_IN = 2.2
WIDTHS = {"logo": 220, "picture": 560, "contact_picture": 220}


# --- A browser's part ----------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What all clients have seen, together."""

    statuses: list[int] = field(default_factory=list)
    sending: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    # Organisation number → references of the receipts that it led to.
    receipts: dict[str, set[str]] = field(default_factory=dict)


@dataclass
class Browser:
    """One client: cookies, and requests that are counted."""

    port: int
    tally: Tally
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str, str]:
        """Status, where it leads and the text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body=body, headers={"Cookie": jar, **headers})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _equals, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
        self.tally.statuses.append(response.status)
        return response.status, response.getheader("Location", ""), text

    def post(self, path: str, parts: list[tuple[str, str, bytes]], **headers: str) -> tuple[int, str, str]:
        """`parts` are names, file names (empty for a field) and contents."""
        boundary = secrets.token_hex(16)
        body = b""
        for name, file, content in parts:
            filename = f'; filename="{file}"' if file else ""
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n'
            body += head.encode() + content + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        return self.ask("POST", path, body, **{"Content-Type": f"multipart/form-data; boundary={boundary}", **headers})


def apply(browser: Browser, number: str, category: str, pictures: dict[str, bytes], *, twice: bool) -> None:
    """One application from the open form to its receipt."""
    _status, _location, page = browser.ask("GET", FORM)
    opened = time.monotonic()
    hidden = {name: value_of(page, name) for name in ("csrfmiddlewaretoken", "ticket", "seen")}
    first = [(name, "", value.encode()) for name, value in {**hidden, "company": f"Bolag {number} AB"}.items()]
    status, _location, kept = browser.post(AUTOSAVE, first, Accept="application/json")
    if status != 200:
        browser.tally.troubles.append(f"The autosave answered {status}.")
        return
    hidden |= json.loads(kept)["hidden"]
    words = {
        **hidden, "nickname": "", "company": f"Bolag {number} AB", "organisation_number": number,
        "categories": category, "regions": "skane", "website": "bolag.example.org", "description": "Vi lyser.",
        "contact_name": "Demo Kontakt", "contact_title": "Säljare", "phone": "070-174 06 05",
        "email": f"bolag{number}@example.org", "consent": "on",
    }  # fmt: skip
    parts = [(name, "", value.encode()) for name, value in words.items()]
    parts += [(name, f"{name}.png", content) for name, content in pictures.items()]
    time.sleep(max(0.0, opened + FILLING_IN - time.monotonic()))

    def send() -> None:
        started = time.perf_counter()
        status, location, _page = browser.post(FORM, parts)
        browser.tally.sending.append(time.perf_counter() - started)
        if status != 302:
            browser.tally.troubles.append(f"Sending answered {status}.")
            return
        _status, _location, receipt = browser.ask("GET", location)
        reference = re.search(r"IP-[0-9A-Z]{4}-[0-9A-Z]{4}", receipt)
        browser.tally.receipts.setdefault(number, set()).add(reference[0] if reference else "none")

    together(*[send] * (2 if twice else 1))


def value_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"(?: value="([^"]*)")?', page)
    if found is None:
        raise SystemExit(f"{FORM} has no field {name!r}; the benchmark needs the application form.")
    return found[1] or ""


def together(*deeds: Callable[[], None]) -> None:
    threads = [threading.Thread(target=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- Measuring -----------------------------------------------------------------------------------------------------


def numbers(count: int) -> list[str]:
    """Valid organisation numbers that nobody has."""
    nines = [f"5599{serial:05d}" for serial in range(10_000, 10_000 + count)]
    return [nine + luhn.calc_check_digit(nine) for nine in nines]


def measure(port: int, database_url: str, *, applications: int = 200, clients: int = 20) -> dict[str, Any]:
    """Send so many applications from so many clients at once to the site at `port`, and ask its database what came."""
    pictures = {name: drawn("PNG", width, 200) for name, width in WIDTHS.items()}
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT id FROM procurement_portal_category ORDER BY id LIMIT 1").fetchone()
    if row is None:
        raise SystemExit("The site has no categories; migrate its database first.")
    expected, tally = numbers(applications), Tally()
    waiting: SimpleQueue[str] = SimpleQueue()
    for number in expected:
        waiting.put(number)

    def work(index: int) -> None:
        while True:
            try:
                number = waiting.get_nowait()
            except Empty:
                return
            try:
                apply(Browser(port, tally), number, str(row[0]), pictures, twice=index % 2 == 1)
            except OSError as error:
                tally.troubles.append(f"The connection broke: {error}")

    started = time.perf_counter()
    together(*(lambda index=index: work(index) for index in range(clients)))
    return {**said(tally, time.perf_counter() - started), **counted(database_url, expected, tally), "clients": clients}


def said(tally: Tally, seconds: float) -> dict[str, Any]:
    return {
        "server_errors": sum(status >= 500 for status in tally.statuses),
        "requests": len(tally.statuses),
        "troubles": sorted(set(tally.troubles)),
        "seconds": round(seconds, 2),
        "per_second": round(len(tally.receipts) / seconds, 2),
        "median_ms": round(statistics.median(tally.sending) * 1000),
        "p95_ms": round(sorted(tally.sending)[int(len(tally.sending) * 0.95)] * 1000),
    }


def counted(database_url: str, expected: list[str], tally: Tally) -> dict[str, Any]:
    """What the database has, against what was sent and what the receipts said."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT organisation_number, count(*), max(reference) FROM procurement_portal_application"
            " WHERE organisation_number = ANY(%s) GROUP BY 1",
            [expected],
        ).fetchall()
        # Of ours: what others began on the same server is not asked about.
        kept = connection.execute(
            "SELECT count(*) FROM procurement_portal_startedapplication WHERE values->'company'->>0 = ANY(%s)",
            [[f"Bolag {number} AB" for number in expected]],
        ).fetchone()
    found = {number: (count, reference) for number, count, reference in rows}
    return {
        "applications": sum(count for count, _reference in found.values()),
        "lost": sum(number not in found or number not in tally.receipts for number in expected),
        "doubled": sum(count - 1 for count, _reference in found.values())
        + sum(len(references) - 1 for references in tally.receipts.values()),
        "wrong_receipts": sum(
            references != {found[number][1]} for number, references in tally.receipts.items() if number in found
        ),
        "left_behind": kept[0] if kept else 0,
    }


def limits(measured: dict[str, Any]) -> dict[str, bool]:
    """What has to hold, each with whether it does."""
    wrong = ("lost", "doubled", "server_errors", "wrong_receipts", "left_behind", "troubles")
    return {f"no {name.replace('_', ' ')} ({measured[name]})": not measured[name] for name in wrong}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench applications", description=__doc__)
    parser.add_argument("--applications", type=int, default=200, help="how many (default 200)")
    parser.add_argument("--clients", type=int, default=20, help="from how many clients at once (default 20)")
    options = parser.parse_args()
    with (
        place(LONGEST) as folder,
        database(folder) as database_url,
        server(folder, database_url) as (_process, port),
    ):
        measured = measure(port, database_url, applications=options.applications, clients=options.clients)
    for key, value in measured.items():
        print(f"{key:16} {value}")
    return answer(measured, limits(measured))


if __name__ == "__main__":
    sys.exit(main())
