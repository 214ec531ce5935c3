"""What formatted text may hold. Everything else is taken out on the server, whoever sends it."""

import re

import nh3

TAGS = {"p", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "a", "br"}

# Absolute links only: the same text also goes out by mail, where a relative link leads nowhere.
_LINK = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@)", re.IGNORECASE)
# Pasted text comes with near relatives of our tags; they keep their meaning instead of running together.
_RELATIVES = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", "div": "p"}
_RELATIVE_TAG = re.compile(rf"<(/?)({'|'.join(_RELATIVES)})(?=[\s/>])", re.IGNORECASE)
_ANCHOR_WITHOUT_LINK = re.compile(r'<a rel="noopener noreferrer">(.*?)</a>', re.DOTALL)
_EMPTY_PARAGRAPH = re.compile(r"<p>(\s|&nbsp;|<br>)*</p>")
_TEXT = re.compile(r"[^\s\xa0\u200b]")


def _keep_link(tag: str, attribute: str, value: str) -> str | None:
    return None if attribute == "href" and not _LINK.match(value) else value


_cleaner = nh3.Cleaner(
    tags=TAGS,
    # The words inside these are not the text: they go with their tag.
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"},
    attributes={"a": {"href"}},
    attribute_filter=_keep_link,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
    strip_comments=True,
)


def sanitise(html: str) -> str:
    """Return `html` with only the allowed tags and links left; "" when no text remains.

    Applying it twice gives the same as applying it once. NUL characters, which PostgreSQL refuses, go too.
    """
    html = _RELATIVE_TAG.sub(lambda tag: f"<{tag[1]}{_RELATIVES[tag[2].lower()]}", html.replace("\x00", ""))
    clean = _ANCHOR_WITHOUT_LINK.sub(r"\1", _cleaner.clean(html))
    clean = _EMPTY_PARAGRAPH.sub("", clean).strip()
    return clean if _TEXT.search(as_words(clean)) else ""


def as_words(html: str) -> str:
    """Return the bare words of `html`, for search, lengths and excerpts; a block's end is a space."""
    spaced = re.sub(r"</(p|h3|h4|li|blockquote)>|<br>", " ", html)
    text = nh3.clean(spaced, tags=set()).replace("&nbsp;", " ")
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, character)
    return " ".join(text.split())
