"""Reading a mail from its raw bytes, as strictly as the strictest mail program."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

from tests.mailing.letters import MOST, POSTAL, SITE


class Page(HTMLParser):
    """What a mail's HTML holds; fails on a tag that closes nothing."""

    EMPTY = {"meta", "img", "br", "hr", "link", "input"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.fetched: list[str] = []
        self.language: str | None = None
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag not in self.EMPTY:
            self.open.append(tag)
        if tag == "html":
            self.language = named["lang"]
        if tag == "a":
            self.links.append(named["href"] or "")
        if tag == "img":
            self.images.append(named)
        assert tag not in {"script", "iframe", "object", "embed", "form", "link", "base", "video", "audio", "svg"}, tag
        self.fetched += [value or "" for name, value in attrs if name in {"src", "background", "poster", "srcset"}]
        assert not [name for name in named if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def head_of(raw: bytes) -> list[str]:
    """The lines of the header as they stand."""
    return raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


def header(raw: bytes, name: str) -> str:
    """One header's value, unfolded as RFC 5322 says and not decoded."""
    unfolded = re.sub(r"\r\n(?=[ \t])", "", "\r\n".join(head_of(raw)))
    found = re.findall(rf"^{name}:[ \t]*(.*)$", unfolded.replace("\r\n", "\n"), flags=re.M | re.I)
    assert len(found) == 1, (name, found)
    return str(found[0])


def check(raw: bytes, *, to: str, subject: str, language: str) -> tuple[str, Page]:
    """All that holds for every kind of mail. Returns the text and the page for more."""
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii() or max(map(len, raw.split(b"\r\n"))) <= 998
    check_lines(raw)
    message: EmailMessage = message_from_bytes(raw, policy=policy.default)  # type: ignore[assignment]
    assert not message.defects
    assert message["Subject"] == subject
    assert header(raw, "To") == to
    assert header(raw, "From").endswith("<innovationslabb@example.org>")
    assert message["From"].addresses[0].display_name == "Allmännyttans innovationslabb"
    assert re.fullmatch(r"<[^<>@\s]+@example\.org>", header(raw, "Message-ID"))
    assert message["Date"].datetime
    assert header(raw, "MIME-Version") == "1.0"
    assert header(raw, "Content-Language") == language
    assert header(raw, "Auto-Submitted") == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert not any(part.defects for part in parts)
    text, html = (part.get_content() for part in parts)
    assert len(html.encode()) < MOST
    page = Page(html)
    assert page.language == language
    check_words(text, html, page)
    check_addresses(text, html, page)
    return text, page


def check_lines(raw: bytes) -> None:
    for line in head_of(raw):
        name, colon, value = line.partition(":")
        if colon and not line[:1].isspace():
            begun = name.lower()
            assert value.strip(), f"nothing on the first line of {name}"
        # Some mail programs do not unfold these, and an address or id must never be broken.
        may_be_long = begun in {"message-id", "to", "reply-to"} or begun.startswith("list-")
        assert len(line) <= (998 if may_be_long else 78), line


def check_words(text: str, html: str, page: Page) -> None:
    for words in (text, page.text):
        assert len(words.split()) > 15
        assert POSTAL in " ".join(words.split())
        assert "innovationslabb@example.org" in words
    for part in (text, html):
        assert not re.search(r"\{\{|\}\}|\{%|%\}|\{#|%\(\w+\)s", part)
        assert "None" not in part
    assert "<" not in re.sub(r"<AB>|<https?://[^<>\s]+>", "", text)
    assert "&amp;" not in text
    assert not re.search(r"\n\n\n", text.replace("\r\n", "\n"))


def check_addresses(text: str, html: str, page: Page) -> None:
    assert "recipient.invalid" not in text + html
    for link in page.links:
        assert link.startswith((f"{SITE}/", "mailto:")) or link == SITE, link
    for address in re.findall(r"https?://[^\s<>]+", text):
        assert address.startswith(SITE), address
    for address in page.fetched:
        assert address.startswith(f"{SITE}/"), address
    for image in page.images:
        assert int(image["width"] or 0) > 16
        assert int(image["height"] or 0) > 16
        assert image["alt"] is not None
    assert not re.search(r"url\(|@import|@font-face", html)
    assert not re.search(r"[?&](?:utm_|mc_|fbclid|gclid|_hs|track|open|pixel)", html + text, flags=re.I)
