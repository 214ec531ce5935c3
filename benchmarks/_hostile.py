"""Files that are refused by their header, and what refusing each costs; what the child makes of a photo."""

import io
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

from django.core.files.base import File
from PIL import Image

from pictures.inspection import inspect
from pictures.limits import MAX_RENDITION_HEIGHT, WIDTHS
from pictures.refusals import Refusal
from pictures.rendering import CPU_SECONDS, MEMORY, run_child

ROOT = Path(__file__).resolve().parent.parent


def png_claiming(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return start + struct.pack(">I", 17) + b"IDAT" + bytes(21) + bytes(4) + b"IEND" + bytes(4)


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    return file.getvalue()


def hostile(folder: Path) -> dict[str, Path]:
    """Files of all sizes whose header already tells that we do not take them, by what they are."""
    comments = folder / "kommentarer.jpg"
    with comments.open("wb") as file:
        file.write(b"\xff\xd8")
        for _ in range(3_040):
            file.write(b"\xff\xfe\xff\xff")
            file.seek(65_533, io.SEEK_CUR)
        file.truncate()
    chunk = folder / "privat.png"
    with chunk.open("wb") as file:
        file.write(png_claiming(60_000, 60_000)[:33] + struct.pack(">I4s", 190 * 2**20, b"prVt"))
        file.truncate(190 * 2**20)
    contents = {
        "html.png": b"<!doctype html><script>alert(1)</script>",
        "svg.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "pdf.png": b"%PDF-1.7\n",
        "zip.png": b"PK\x03\x04" + bytes(200),
        "bomb.png": png_claiming(60_000, 60_000),
        "rorlig.png": animated("PNG"),
        "rorlig.webp": animated("WEBP"),
        "fyllnad.jpg": b"\xff\xd8" + (b"\xff" * 4_000 + b"\xfe\0\x02") * 256,
        "avhuggen.webp": b"RIFF\xff\xff\xff\x7fWEBPVP8X" + bytes(40),
        "heic.jpg": b"\0\0\0\x18ftypheic" + bytes(20),
        "smal.png": png_claiming(199, 300),
    }
    paths = {"190 MiB of comments": comments, "a private chunk of 190 MiB": chunk}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        paths[name] = folder / name
    return paths


def refusal_cost(path: Path) -> float:
    """Milliseconds of processor time until the refusal: the worst of thirty."""
    worst = 0.0
    with path.open("rb") as file:
        for _ in range(30):
            started = time.process_time()
            try:
                inspect(File(file, name=path.name), name=path.name, min_width=200)
            except Refusal as refusal:
                str(refusal)
                worst = max(worst, time.process_time() - started)
                continue
            raise SystemExit(f"{path.name} was not refused.")
    return worst * 1000


# --- A photo of 24 megapixels ----------------------------------------------------------------------------------------


def photo(path: Path) -> Path:
    """As a camera makes it: 6000 × 4000, with detail in it, 4:2:0."""
    grain = Image.effect_noise((1_500, 1_000), 40).resize((6_000, 4_000), Image.Resampling.BICUBIC)
    Image.merge("RGB", [grain, grain.rotate(180), grain.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]).save(
        path, "JPEG", quality=92
    )
    return path


BARE = """
import sys
from PIL import Image
source, folder = sys.argv[1:]
with Image.open(source) as image:
    image.draft("RGB", (1920, 1280))
    image.thumbnail((1920, 1280), Image.Resampling.LANCZOS, reducing_gap=3.0)
    for width in (1920, 1280, 640, 320):
        copy = image.copy()
        copy.thumbnail((width, width), Image.Resampling.LANCZOS, reducing_gap=3.0)
        copy.save(f"{folder}/{width}.webp", "WEBP", quality=82, method=4)
        copy.save(f"{folder}/{width}.jpg", "JPEG", quality=84, progressive=True, optimize=True)
"""


def seconds_and_memory(command: list[str]) -> tuple[float, float]:
    """Wall-clock seconds of a process, and its own peak memory in MiB."""
    started = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[:4]} ended with {child.returncode}.")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def job(source: Path, kind: str, size: tuple[int, int], folder: Path) -> dict:
    return {
        "source": str(source), "folder": str(folder), "format": kind, "orientation": 1, "size": list(size),
        "widths": WIDTHS, "max_height": MAX_RENDITION_HEIGHT, "memory": MEMORY, "cpu_seconds": CPU_SECONDS,
    }  # fmt: skip


def rendering_cost(source: Path, rounds: int) -> dict[str, float]:
    """The child against bare Pillow making the same eight files of the same photo, in turn: the better of each."""

    ours, bare, memory = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        work = json.dumps(job(source, "jpeg", (6_000, 4_000), Path(folder)))
        for _ in range(max(3, rounds)):
            seconds, mebibytes = seconds_and_memory(
                [sys.executable, "-E", "-s", "-m", "pictures.rendering_child", work]
            )
            ours.append(seconds)
            memory.append(mebibytes)
            bare.append(seconds_and_memory([sys.executable, "-E", "-s", "-c", BARE, str(source), folder])[0])
    return {
        "render_24mp_s": round(min(ours), 2),
        "render_bare_s": round(min(bare), 2),
        "render_ratio": round(min(ours) / min(bare), 2),
        "child_rss_mib": round(max(memory), 1),
    }


def still_renders(folder: Path) -> None:
    """After a bomb has ended its child, the next picture is rendered by the process that asked for both."""
    from pictures.rendering import CouldNotRender

    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
    bomb, good = folder / "bomb-inom-gransen.png", folder / "bra.png"
    rows = zlib.compress(bytes(2_000_000), 9)
    data = png_claiming(10_000, 10_000)[:33] + struct.pack(">I", len(rows)) + b"IDAT" + rows
    bomb.write_bytes(data + struct.pack(">I", zlib.crc32(b"IDAT" + rows)) + bytes(4) + b"IEND\xaeB`\x82")
    Image.new("RGB", (640, 480), "red").save(good)
    try:
        run_child(job(bomb, "png", (10_000, 10_000), folder))
    except CouldNotRender:
        answer = run_child(job(good, "png", (640, 480), folder))
        assert [width for width, _ in answer["sizes"]] == [320, 640]
        return
    raise SystemExit("The bomb was not rejected.")
