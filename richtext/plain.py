"""Formatted text as plain text and back, for people who write without the editor.

The plain form is what people write in a mail: a blank line between paragraphs, `- ` before list items, `1. ` before
numbered ones, `> ` before quotes, `## ` before headings, `**` around what is important. Nothing is lost on the way:
`to_html(to_plain(html))` is `html` for what the editor produces, but for two lists in a row, which become one.
"""

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

from richtext.sanitising import sanitise

_ITEM = re.compile(r"(?:(?P<bullet>[-•*])|(?P<number>\d{1,2})[.)])[ \t]+(?=\S)")
_HEADING = re.compile(r"(?P<marks>#{1,4})[ \t]+(?P<words>\S.*)")
_QUOTE = re.compile(r">[ \t]?")
_SPECIAL_START = re.compile(r"([-•>#]|\d{1,2}[.)])(?=[ \t]|$)|>")
_INLINE = re.compile(
    r"\\(?P<escaped>[\\*_\[\]\-•>#.)h])"
    r"|\[(?P<words>(?:\\.|[^\]\\]){1,500})\]\((?P<target>[^\s()]{1,2000}(?:\([^\s()]{0,200}\)[^\s()]{0,200}){0,9})\)"
    r"|(?P<url>https?://[^\s<>\"\]]{1,2000}[^\s<>\"\].,;:!?)'’”»*_\\])"
    r"|\*\*(?=\S)(?P<strong>(?:\\.|[^\\]){1,1000}?)(?<=\S)\*\*"
    r"|(?<!\w)_(?=\S)(?P<em>(?:\\.|[^\\]){1,1000}?)(?<=\S)_(?!\w)",
    re.DOTALL,
)
_DEEPEST = 8


def to_html(text: str) -> str:
    """Return plain `text` as sanitised HTML. Any text is fine; what looks like HTML in it is shown as written."""
    lines = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    return sanitise("".join(_blocks(lines)))


def _blocks(lines: list[str], depth: int = 0) -> Iterator[str]:
    """Yield the HTML of each block. Deeper than a person nests, marks are ordinary characters."""
    paragraph: list[str] = []
    at = 0
    while at <= len(lines):
        line = lines[at].rstrip() if at < len(lines) else ""
        bare = line.lstrip()
        starts_block = depth < _DEEPEST and (_ITEM.match(bare) or _HEADING.match(bare) or _QUOTE.match(bare))
        if paragraph and (not bare or starts_block):
            yield f"<p>{'<br>'.join(map(_inline, paragraph))}</p>"
            paragraph = []
        if not starts_block:
            if bare:
                paragraph.append(bare)
            at += 1
        elif heading := _HEADING.match(bare):
            tag = "h3" if len(heading["marks"]) <= 2 else "h4"
            yield f"<{tag}>{_inline(heading['words'])}</{tag}>"
            at += 1
        elif item := _ITEM.match(bare):
            html, at = _list(lines, at, "ol" if item["number"] else "ul", depth)
            yield html
        else:
            end = at
            while end < len(lines) and _QUOTE.match(lines[end].lstrip()):
                end += 1
            quoted = [_QUOTE.sub("", quote.lstrip(), count=1) for quote in lines[at:end]]
            yield f"<blockquote>{''.join(_blocks(quoted, depth + 1))}</blockquote>"
            at = end


def _list(lines: list[str], at: int, tag: str, depth: int) -> tuple[str, int]:
    """Return the HTML of the list that starts at line `at`, and the line after it."""
    margin = len(lines[at]) - len(lines[at].lstrip())
    items: list[list[str]] = []
    while at < len(lines):
        line = lines[at].rstrip()
        indent = len(line) - len(line.lstrip())
        item = _ITEM.match(line.lstrip())
        if item and indent < margin + 2 and ("ol" if item["number"] else "ul") == tag:
            items.append([line.lstrip()[item.end() :]])
        elif line and indent >= margin + 2:
            items[-1].append(line[min(indent, margin + 2) :])
        elif not line and at + 1 < len(lines) and lines[at + 1].startswith(" " * (margin + 2)):
            items[-1].append("")
        elif line or not (at + 1 < len(lines) and _ITEM.match(lines[at + 1].lstrip())):
            break
        at += 1
    content = "".join(f"<li>{''.join(_blocks(item, depth + 1))}</li>" for item in items)
    return f"<{tag}>{content}</{tag}>", at


def _inline(text: str, depth: int = 0) -> str:
    html, end = [], 0
    for match in _INLINE.finditer(text) if depth < _DEEPEST else ():
        html.append(escape(text[end : match.start()]))
        end = match.end()
        if match["escaped"]:
            html.append(escape(match["escaped"]))
        elif match["url"]:
            html.append(f'<a href="{escape(match["url"])}">{escape(match["url"])}</a>')
        elif match["target"]:
            html.append(f'<a href="{escape(match["target"])}">{_inline(match["words"], depth + 1)}</a>')
        else:
            tag = "strong" if match["strong"] else "em"
            html.append(f"<{tag}>{_inline(match[tag], depth + 1)}</{tag}>")
    html.append(escape(text[end:]))
    return "".join(html)


def to_plain(html: str) -> str:
    """Return sanitised `html` as the plain text that `to_html` turns into the same HTML again."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.settle()
    return "\n\n".join(reader.root.paragraphs())


class _Node:
    """A block with its own words or the blocks inside it."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.words = ""
        self.blocks: list[_Node] = []

    def paragraphs(self) -> list[str]:
        own = [_escaped_starts(self.words.strip())] if self.words.strip() else []
        if self.tag in {"h3", "h4"}:
            return [("## " if self.tag == "h3" else "### ") + self.words.strip().replace("\n", " ")] if own else []
        inner = [text for block in self.blocks for text in block.paragraphs()]
        if self.tag in {"ul", "ol"}:
            items = []
            for number, block in enumerate(self.blocks, start=1):
                mark = "- " if self.tag == "ul" else f"{number}. "
                items.append(mark + _tight(block).replace("\n", "\n  "))
            return ["\n".join(line.rstrip() for line in "\n".join(items).split("\n"))] if items else []
        if self.tag == "blockquote":
            quote = "\n\n".join(own + inner)
            return ["\n".join(f"> {line}".rstrip() for line in quote.split("\n"))] if quote else []
        return own + inner


def _tight(item: _Node) -> str:
    """The item's blocks; a list inside it follows its words without a blank line."""
    text = "\n\n".join(_Node.paragraphs(_without_blocks(item)))
    for block in item.blocks:
        glue = "\n" if block.tag in {"ul", "ol"} else "\n\n"
        text += (glue if text else "") + "\n\n".join(block.paragraphs())
    return text


def _without_blocks(node: _Node) -> _Node:
    bare = _Node(node.tag)
    bare.words = node.words
    return bare


def _escaped_starts(words: str) -> str:
    lines = []
    for line in words.split("\n"):
        start = _SPECIAL_START.match(line)
        if start:
            mark = start.group()
            line = (mark[:-1] + "\\" + mark[-1] if mark[0].isdigit() else "\\" + mark) + line[len(mark) :]
        lines.append(line)
    return "\n".join(lines)


def _escaped(words: str) -> str:
    """`words` with what would read as a mark escaped; an underscore inside a word never does."""
    return re.sub(r"([\\*\[\]]|(?<!\w)_|_(?!\w))", r"\\\1", words)


class _Reader(HTMLParser):
    """Reads sanitised HTML into blocks whose words carry the plain marks."""

    MARKS = {"strong": "**", "em": "_"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("root")
        self.open = [self.root]
        self.link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = self.open[-1]
        if tag in self.MARKS:
            node.words += self.MARKS[tag]
        elif tag == "br":
            node.words += "\n"
        elif tag == "a":
            self.link = (dict(attrs).get("href") or "", len(node.words))
        else:
            self.settle()
            self.open.append(_Node(tag))
            node.blocks.append(self.open[-1])

    def handle_endtag(self, tag: str) -> None:
        node = self.open[-1]
        if tag in self.MARKS:
            node.words += self.MARKS[tag]
        elif tag == "a" and self.link:
            target, start = self.link
            words = node.words[start:]
            bare = words == _escaped(target) and to_html(target).count(target) == 2
            node.words = node.words[:start] + (target if bare else f"[{words}]({target})")
            self.link = None
        elif tag not in {"a", "br"} and len(self.open) > 1:
            self.settle()
            self.open.pop()

    def handle_data(self, data: str) -> None:
        data = re.sub(r"[ \t\r\n]+", " ", data)
        if data.strip() or self.open[-1].words:
            words = _escaped(data)
            self.open[-1].words += words if self.link else re.sub(r"\b(?=https?://)", r"\\", words)

    def settle(self) -> None:
        """Words followed by a block inside the same node are a paragraph of their own, in their place."""
        node = self.open[-1]
        if node.words.strip() and (node.blocks or node.tag in {"root", "blockquote"}):
            paragraph = _Node("p")
            paragraph.words, node.words = node.words, ""
            node.blocks.append(paragraph)
