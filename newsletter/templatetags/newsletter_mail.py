"""What the mails of an issue need beyond plain templates."""

import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.text import Truncator

from mailing.letters import absolute
from newsletter.arrangement import Arrangement, arrange_for_mail
from newsletter.models import Issue, IssueItem
from pictures.models import Picture
from richtext.plain import to_plain

register = template.Library()

# The marks of `to_plain` that are there to be turned back into HTML.
LINK = re.compile(r"\[((?:\\.|[^\]\\])*)\]\((\S+)\)")
ESCAPED = re.compile(r"\\([\\*_\[\]\-•>#.)h])")

# The width of the text column of our mails, in pixels.
COLUMN = 544


@register.simple_tag
def arranged(methods: Sequence[IssueItem], entries: Sequence[IssueItem], intro: str = "") -> Arrangement:
    """What is told, in reading order, and what of it only by its title; the same in HTML and in plain text."""
    return arrange_for_mail([*methods, *entries], intro=intro)


@register.simple_tag
def preheader(issue: Issue, language: str, *groups: Sequence[IssueItem]) -> str:
    """The line that inboxes show after the subject: the coordinator's, else the titles of what is in the mail."""
    titles = " · ".join(item.title for items in groups for item in items)
    return " ".join(issue.preheader_in(language).split()) or Truncator(titles).chars(200)


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
