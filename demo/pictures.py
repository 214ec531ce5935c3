"""Puts drawn pictures where uploaded ones would be."""

from django.core.files.base import ContentFile

from demo import drawing
from pictures.inspection import inspect
from pictures.models import Picture

# Pixels: no larger than the portal shows them, since each is rendered while the loader waits.
ENCLOSED = {"neighbourhood": (1080, 675), "portrait": (400, 400)}


def draw(kind: str, seed: int, alt: str, *, public: bool = False) -> Picture:
    """A drawn `neighbourhood`, `gathering` or `portrait`, rendered by the worker like any other picture."""
    content = getattr(drawing, kind)(seed)
    name = f"{kind}-{seed}.jpg"
    file = ContentFile(content, name=name)
    picture: Picture = Picture.objects.keep(file, inspect(file, name=name), name=name)
    picture.describe(alt)
    picture.claim(f"demo {kind} {seed}")
    if public:
        picture.publish()
    return picture


def enclosure(kind: str, seed: int, company: str = "") -> Picture:
    """A picture for an application, rendered at once since approval asks for that; the application claims it."""
    content = drawing.logotype(company, seed) if kind == "logotype" else getattr(drawing, kind)(seed, ENCLOSED[kind])
    name = f"{kind}-{seed}.{'png' if kind == 'logotype' else 'jpg'}"
    file = ContentFile(content, name=name)
    picture: Picture = Picture.objects.keep(file, inspect(file, name=name), name=name)
    picture.render()
    picture.refresh_from_db()
    return picture
