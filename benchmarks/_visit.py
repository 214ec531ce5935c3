"""A browser's part: the application form of one visitor, and pictures sent to it in both ways there are."""

import base64
import html
import re
import secrets
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks._web import request

FORM = "/inkopsportalen/ansokan/"
TRANSFERS = "/bilder/overforingar/"
KIB = 1024
PIECES = [256 * KIB, 20480 * KIB]
"""As static/js/pictures/transfer.js cuts a file; the rest is the last."""


@cache
def cut(path: Path) -> list[tuple[int, Path]]:
    """The pieces of a file, as files with their offsets: curl sends whole files only."""
    pieces, offset = [], 0
    with path.open("rb") as file:
        for size in [*PIECES, path.stat().st_size]:
            if content := file.read(size):
                piece = path.with_name(f"{path.name}.{offset}")
                piece.write_bytes(content)
                pieces.append((offset, piece))
                offset += len(content)
    return pieces


@dataclass
class Visit:
    """The open application form of one visitor."""

    port: int
    cookies: str
    token: str
    slot: str

    @classmethod
    def begin(cls, port: int) -> "Visit":
        page = request(port, "GET", FORM)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        slot = re.search(r'data-slot="([^"]+)"', page.text)
        if page.status != 200 or token is None or slot is None:
            raise SystemExit(f"{FORM} answered {page.status}; the benchmark needs the application form.")
        return cls(port, page.cookies, token[1], html.unescape(slot[1]))

    def begin_transfer(self, path: Path) -> tuple[str, dict[str, str]]:
        """Where the pieces of the file go, and the headers that each has besides its offset."""
        told = {"filename": path.name, "slot": self.slot}
        metadata = ",".join(f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in told.items())
        length = str(path.stat().st_size)
        common = {"Tus-Resumable": "1.0.0", "X-CSRFToken": self.token, "Cookie": self.cookies}
        begin = {**common, "Upload-Length": length, "Upload-Metadata": metadata}
        made = request(self.port, "POST", TRANSFERS, begin)
        if made.status != 201:
            raise SystemExit(f"{TRANSFERS} answered {made.status}.")
        cookies = f"{self.cookies}; {made.cookies}"
        common |= {"Cookie": cookies, "Content-Type": "application/offset+octet-stream"}
        return made.headers["Location"], common

    def transfer(self, path: Path) -> subprocess.Popen:
        """Sends the file as the script in the page does, by a curl of its own; prints the status of each piece."""
        where, common = self.begin_transfer(path)
        command = ["curl"]
        for number, (offset, piece) in enumerate(cut(path)):
            command += ["--next"] if number else []
            command += ["--silent", "--show-error", "--output", "/dev/null", "--write-out", "%{http_code} "]
            # To an address that ends in a slash curl would add the file's name.
            command += ["--request", "PATCH", "--request-target", where]
            command += ["--upload-file", str(piece), f"http://127.0.0.1:{self.port}"]
            for name, value in {**common, "Upload-Offset": str(offset), "Expect": ""}.items():
                command += ["--header", f"{name}: {value}" if value else f"{name}:"]
        return subprocess.Popen(command, stdout=subprocess.PIPE)

    def refused(self, path: Path) -> float:
        """Seconds from the choice of the file until its first piece is answered, with a refusal."""
        _, piece = cut(path)[0]
        first = piece.read_bytes()
        started = time.perf_counter()
        where, common = self.begin_transfer(path)
        answer = request(self.port, "PATCH", where, {**common, "Upload-Offset": "0"}, first)
        if answer.status != 400:
            raise SystemExit(f"{path.name} was not refused by its first piece, but answered {answer.status}.")
        return time.perf_counter() - started

    def post(self, path: Path) -> subprocess.Popen:
        """Sends the file as a browser without scripts does, by a curl of its own; prints the status."""
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
        page = request(self.port, "POST", FORM, headers, pieces(parts))
        return page.status, len(re.findall(r'-saved" value="[^"]+"', page.text))


def pieces(parts: list[bytes | Path]) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
            continue
        with part.open("rb") as file:
            while piece := file.read(256 * KIB):
                yield piece
