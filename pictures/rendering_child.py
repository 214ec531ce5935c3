"""The child process that decodes a stranger's picture: `python -m pictures.rendering_child '<job as JSON>'`.

It limits itself before it loads the decoder, knows no secrets, imports nothing of Django, reads one file and writes
a few small ones. The answer is JSON on stdout.
"""

import errno
import json
import resource
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

UNREADABLE, OUT_OF_MEMORY, DISK_FULL = 1, 3, 4
"""Exit codes, beside 0."""

MOST_WRITTEN = 64 * 1024 * 1024
"""Bytes in any one file the child may write."""

TURNS = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE"}
TURNS |= {6: "ROTATE_270", 7: "TRANSVERSE", 8: "ROTATE_90"}


def limit(memory: int, cpu_seconds: int) -> None:
    """Bound this process: address space in bytes, processor time in seconds, file size, and no core dumps."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def render(job: dict[str, Any]) -> dict[str, Any]:
    """Write the renditions of `job["source"]` to `job["folder"]` as `<width>.webp` and `<width>.jpg` or `.png`.

    Returns {"sizes": [[width, height], …], "fallback": "jpg" | "png"}. Raises whatever Pillow raises.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the header reader has counted them; a file that lies is refused below
    turned = job["orientation"] >= 5
    width, height = job["size"]
    with Image.open(job["source"], formats=[job["format"].upper()]) as image:
        if image.size != ((height, width) if turned else (width, height)):
            raise ValueError(f"the picture is {image.size}, its header said {job['size']}")
        sizes = rendition_sizes(width, height, job["widths"], job["max_height"])
        largest = sizes[-1]
        stored = largest[::-1] if turned else largest
        image.draft(None, stored)
        image.load()
        profile = image.info.get("icc_profile")
        picture = shrunk(plain(image), stored)
    picture = upright(srgb(picture, profile), job["orientation"])
    picture = clean(picture)
    fallback = "png" if picture.mode == "RGBA" else "jpg"
    for size in sizes:
        save(shrunk(picture, size), Path(job["folder"]) / str(size[0]), fallback)
    return {"sizes": sizes, "fallback": fallback}


def rendition_sizes(width: int, height: int, widths: list[int], max_height: int) -> list[tuple[int, int]]:
    """The (width, height) of each rendition in pixels, narrowest first: never larger than the picture, at least one."""
    most = min(width, max(widths), max(1, width * max_height // height))
    return [(w, max(1, round(height * w / width))) for w in sorted({most, *(w for w in widths if w < most)})]


def plain(image: Any) -> Any:
    """The picture in one of the modes we can shrink and convert: L, LA, RGB, RGBA or CMYK."""
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode.startswith("I"):  # 16 bits of grey; convert() would clip instead of scale
        return image.point(lambda value: value / 257, "L") if image.mode != "I" else _scaled_from_32(image)
    if image.mode in {"1", "PA", "La", "RGBa", "RGBX", "YCbCr", "LAB", "HSV", "F"}:
        return image.convert({"1": "L", "F": "L", "La": "LA", "PA": "RGBA", "RGBa": "RGBA"}.get(image.mode, "RGB"))
    if image.mode in {"L", "RGB"} and "transparency" in image.info:
        return image.convert("RGBA")
    return image


def _scaled_from_32(image: Any) -> Any:
    return image.point(lambda value: value * (1 / 257)).convert("L")


def shrunk(image: Any, size: tuple[int, int]) -> Any:
    from PIL import Image

    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def srgb(image: Any, profile: bytes | None) -> Any:
    """The picture as RGB or RGBA in the sRGB colours; a profile that cannot be used is left out of account."""
    from PIL import ImageCms

    mode = "RGBA" if image.mode in {"LA", "RGBA"} else "RGB"
    if profile and image.mode in {"L", "RGB", "RGBA", "CMYK"}:
        try:
            return ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image.convert(mode)


def upright(image: Any, orientation: int) -> Any:
    from PIL import Image

    return image.transpose(Image.Transpose[TURNS[orientation]]) if orientation in TURNS else image


def clean(image: Any) -> Any:
    """The same pixels on a new image: whatever else the file carried (EXIF, place, comments) stays behind."""
    from PIL import Image

    mode = image.mode
    if mode == "RGBA" and image.getextrema()[3] == (255, 255):
        mode = "RGB"
    new = Image.new(mode, image.size)
    new.paste(image if mode == image.mode else image.convert(mode))
    return new


def save(image: Any, path: Path, fallback: str) -> None:
    image.save(path.with_suffix(".webp"), "WEBP", quality=82, method=4)
    if fallback == "png":
        image.save(path.with_suffix(".png"), "PNG", optimize=True)
    else:
        image.save(path.with_suffix(".jpg"), "JPEG", quality=84, progressive=True, optimize=True)


def main() -> int:
    job = json.loads(sys.argv[1])
    limit(job["memory"], job["cpu_seconds"])
    try:
        answer = render(job)
    except MemoryError:
        sys.stderr.write("out of memory\n")
        return OUT_OF_MEMORY
    except OSError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else UNREADABLE
    except Exception as error:  # whatever a decoder says about a stranger's file, it is unreadable
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return UNREADABLE
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
