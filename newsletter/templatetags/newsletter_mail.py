"""What the mails of an issue need beyond plain templates."""

import re
from typing import Any

from django import template

from mailing.letters import absolute
from pictures.models import Picture
from richtext.plain import to_plain

register = template.Library()

# The marks of `to_plain` that are there to be turned back into HTML.
LINK = re.compile(r"\[((?:\\.|[^\]\\])*)\]\((\S+)\)")
ESCAPED = re.compile(r"\\([\\*_\[\]\-•>#.)h])")

# The width of the text column of our mails, in pixels.
COLUMN = 544


@register.simple_tag
def mail_picture(picture: Picture | None) -> dict[str, Any] | None:
    """Address, size and text alternative of a public picture for a mail; None when there is nothing to show yet.

    Mail programs know neither `srcset` nor, the older ones, WebP: the narrowest JPEG or PNG that fills the column.
    """
    if picture is None or not picture.is_ready or not picture.public:
        return None
    size = next((size for size in picture.sizes if size.width >= COLUMN), picture.sizes[-1])
    width = min(size.width, COLUMN)
    return {
        "src": absolute(picture.url(size.width)),
        "width": width,
        "height": round(size.height * width / size.width),
        "alt": picture.alt,
    }


@register.filter
def plain_text(html: str) -> str:
    """Formatted text as people write it in a mail; links in angle brackets, so that no mark after one joins it."""
    words = LINK.sub(r"\1 <\2>", to_plain(html)).replace("**", "")
    return ESCAPED.sub(r"\1", words)
