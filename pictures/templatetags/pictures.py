from typing import Any

from django import template

from pictures.access import show_key
from pictures.models import Picture

register = template.Library()


@register.inclusion_tag("pictures/_picture.html", name="picture")
def picture_tag(
    picture: Picture | None,
    sizes: str = "100vw",
    alt: str | None = None,
    shown: bool = False,
    eager: bool = False,
    **attributes: Any,
) -> dict[str, Any]:
    """A picture in all its widths: `{% picture lab.picture sizes="(min-width: 60rem) 50vw, 100vw" class="wide" %}`.

    `sizes` is CSS; `alt` overrides the picture's own text alternative. `shown=True` adds a key that lets whoever reads
    this page see a picture that is not public: only on pages that have checked their reader. `eager=True` for the one
    picture at the top of a page. Nothing is drawn for None; a picture still being checked gets a calm placeholder.
    """
    context: dict[str, Any] = {
        "picture": picture,
        "sizes": sizes,
        "alt": alt if alt is not None else picture.alt if picture else "",
        "class": attributes.pop("class", ""),
        "eager": eager,
    }
    if attributes:
        raise TypeError(f"{{% picture %}} does not know {', '.join(attributes)}")
    if picture is not None and picture.is_ready:
        query = f"?key={show_key(picture)}" if shown else ""
        context["webp"] = srcset(picture, "webp", query)
        context["fallback"] = srcset(picture, picture.fallback, query)
        context["widest"] = picture.sizes[-1]
        context["src"] = picture.url(picture.sizes[-1].width) + query
    return context


def srcset(picture: Picture, extension: str, query: str = "") -> str:
    return ", ".join(f"{picture.url(size.width, extension)}{query} {size.width}w" for size in picture.sizes)
