"""Two versions of a formatted text in one."""

import re
from difflib import SequenceMatcher

_BLOCK = re.compile(r"<(p|h3|h4|ul|ol|blockquote)>.*?</\1>", re.DOTALL)


def merge_html(theirs: str, yours: str) -> str:
    """Both texts in one, block by block: what is alike once, and where they differ theirs before yours."""
    a, b = _blocks(theirs), _blocks(yours)
    merged: list[str] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        merged += a[a1:a2]
        if kind != "equal":
            merged += b[b1:b2]
    return "".join(merged)


def _blocks(html: str) -> list[str]:
    """The text's outermost blocks. Where lists nest, the text is one block: never cut inside of anything."""
    blocks = [match.group() for match in _BLOCK.finditer(html)]
    return blocks if "".join(blocks) == html and not any(_nests(block) for block in blocks) else [html] if html else []


def _nests(block: str) -> bool:
    tag = block[1 : block.index(">")]
    return block.count(f"<{tag}>") != block.count(f"</{tag}>")
