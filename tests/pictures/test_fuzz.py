"""Hypothesis makes up files for the header reader: 2,000 each time, 200,000 with `bin/test -m nightly`."""

import gc
import io
import struct
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pictures.header import Header, read_header
from pictures.header.png import SIGNATURE
from pictures.header.source import Source
from pictures.refusals import Refusal
from tests.pictures.factories import jpeg_bytes, png_bytes, png_chunk, png_header, webp_bytes

MOST_READS = 1_200
"""256 segments, each a marker, its length and a look at what it is, with something to spare for EXIF."""

MOST_SECONDS = 0.25
"""Of the reader's own processor time: an ordinary header takes a thousandth of it. Other threads of the process are not
counted, nor is the collector of garbage, which looks through what all tests before have left.
"""


class Guarded(io.RawIOBase):
    """A file that counts its reads, and refuses one that begins outside it or reaches beyond its end."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at, self.reads, self.most = content, 0, 0, 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + (len(self.content) if whence == io.SEEK_END else 0)
        assert whence in (io.SEEK_SET, io.SEEK_END)
        assert 0 <= self.at <= len(self.content), f"a seek to {self.at} of {len(self.content)}"
        return self.at

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= Source.MOST, f"a read of {size} bytes"
        assert self.at + size <= len(self.content), f"a read to {self.at + size} of {len(self.content)}"
        self.reads, self.most = self.reads + 1, max(self.most, size)
        found = self.content[self.at : self.at + size]
        self.at += size
        return found


def hold(content: bytes) -> None:
    """What must be true of the reader whatever it is given."""
    file = Guarded(content)
    found: Header | Refusal
    gc.disable()
    started = time.thread_time()
    try:
        found = read_header(file)
    except Refusal as refusal:
        found = refusal
    finally:
        seconds = time.thread_time() - started
        gc.enable()
    assert seconds < MOST_SECONDS
    if isinstance(found, Refusal):
        assert str(found).endswith(".")
    else:
        assert found.width > 0
        assert found.height > 0
        assert found.orientation in range(1, 9)
    assert file.at == 0
    assert file.reads <= MOST_READS


# --- Files that are nearly pictures --------------------------------------------------------------------------------

lengths = st.one_of(
    st.integers(0, 40), st.sampled_from([0xFFFF, 2**31 - 1, 2**31, 2**32 - 1]), st.integers(0, 2**32 - 1)
)
bodies = st.binary(max_size=64)
tiffs = st.builds(
    lambda mark, offset, count, entries: mark + offset.to_bytes(4, "little") + count.to_bytes(2, "little") + entries,
    st.sampled_from([b"II*\0", b"MM\0*", b"II\0*"]),
    st.one_of(st.just(8), st.integers(0, 2**32 - 1)),
    st.integers(0, 65_535),
    st.binary(max_size=60),
)


@st.composite
def jpegs(draw: st.DrawFn) -> bytes:
    """Segments whose lengths tell the truth, or do not."""
    parts = [b"\xff\xd8"]
    for marker in draw(st.lists(st.integers(0, 255), max_size=12)):
        body = draw(st.one_of(bodies, tiffs.map(lambda tiff: b"Exif\0\0" + tiff)))
        length = draw(st.one_of(st.just(len(body) + 2), st.integers(0, 65_535)))
        fill = draw(st.sampled_from([b"", b"", b"\xff\xff", b"\0rubbish"]))
        parts.append(fill + bytes([0xFF, marker]) + struct.pack(">H", length) + body)
    return b"".join(parts)


@st.composite
def pngs(draw: st.DrawFn) -> bytes:
    kinds = st.sampled_from([b"IDAT", b"IEND", b"acTL", b"eXIf", b"tEXt", b"iCCP", b"prVt"])
    whole = draw(st.booleans())
    size = draw(st.tuples(lengths, lengths))
    start = png_header(*size)[:33] if whole else SIGNATURE + draw(bodies)
    chunks = []
    for kind in draw(st.lists(kinds, max_size=12)):
        body = draw(st.one_of(bodies, tiffs))
        chunk = png_chunk(kind, body)
        chunks.append(chunk if draw(st.booleans()) else struct.pack(">I", draw(lengths)) + chunk[4:])
    return start + b"".join(chunks)


@st.composite
def webps(draw: st.DrawFn) -> bytes:
    kinds = st.sampled_from([b"VP8 ", b"VP8L", b"VP8X", b"EXIF", b"ANIM", b"ANMF", b"ICCP", b"JUNK"])
    chunks = []
    for kind in draw(st.lists(kinds, max_size=12)):
        body = draw(st.one_of(bodies, tiffs, st.just(b"\x10\0\0\x9d\x01\x2a\x10\0\x10\0"), st.just(b"\x2f" + bytes(9))))
        length = draw(st.one_of(st.just(len(body)), lengths))
        chunks.append(kind + struct.pack("<I", length) + body + b"\0" * (len(body) % 2))
    rest = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", draw(st.one_of(st.just(len(rest)), lengths))) + rest


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A real picture, cut and with some bytes changed."""
    content = bytearray(draw(st.sampled_from(REAL)))
    for at, value in draw(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8)):
        content[at % len(content)] = value
    return bytes(content[: draw(st.integers(0, len(content)))])


REAL = [
    png_bytes(33, 21),
    jpeg_bytes(33, 21, orientation=6),
    jpeg_bytes(33, 21, progressive=True),
    webp_bytes(33, 21, exif=b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)),
    webp_bytes(33, 21, lossless=True),
]
files = st.one_of(jpegs(), pngs(), webps(), spoilt(), st.binary(max_size=200))
WORST_JPEG = b"\xff\xd8\xff" + b"\xff" * 65_000 + b"\xfe\0\x02" * 300
"""Every segment behind fill that has to be looked through: what makes us read most."""


def fuzzed(cases: int):
    return settings(
        max_examples=cases, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )


@fuzzed(2_000)
@given(files)
@example(WORST_JPEG)
@example(b"\xff\xd8" + (b"\xff" * 4_000 + b"\xfe\0\x02") * 256)
@example(b"\xff\xd8" + b"\xff\xe1\0\x20Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(40))
def test_no_file_breaks_the_header_reader(content):
    hold(content)


@pytest.mark.nightly
@fuzzed(200_000)
@given(files)
def test_nor_do_two_hundred_thousand(content):
    hold(content)
