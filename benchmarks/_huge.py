"""Pictures of 200 MiB, mostly holes on disk: their bulk stands where a careless reader would take it into memory."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

from pictures.limits import MAX_BYTES

MIB = 1024 * 1024


def drawn(kind: str, width: int = 800, height: int = 600) -> bytes:
    """Noise, which takes its room whatever it is stored as."""
    file = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(file, kind)
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
