"""The bytes that go over the wire: put together by joining pieces, and the same as Django's own would be."""

import datetime
import random
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest

from newsletter.models import Subscriber
from newsletter.sending.bulk import ADDRESS, STAND_IN, BulkMail, ended
from newsletter.sending.message import list_unsubscribe, message_for
from newsletter.sending.rendering import PREFERENCES, UNSUBSCRIBE, Words

AT = datetime.datetime(2026, 11, 28, 12, 30, 15, 999, tzinfo=datetime.UTC)
TOKENS = ("abcDEF123-_xyz98", "----------------", "________________", "A" * 16, "0" * 16, STAND_IN)


def written(words: Words, *, address: str = "anna@example.org", token: str = TOKENS[0]) -> bytes:
    return BulkMail(words).to(address, token, message_id="<a1b2@example.org>", at=AT)


def as_kept(content: bytes) -> bytes:
    """What the mail server has when it has undone what only the wire needs."""
    assert content.endswith(b"\r\n.\r\n")
    lines = content.removesuffix(b".\r\n").split(b"\r\n")
    assert b"." not in lines
    return b"\r\n".join(line.removeprefix(b".") for line in lines)


def parsed(content: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(content, policy=policy.default))


def said(part: EmailMessage) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def parts(message: EmailMessage) -> list[tuple[str, list[tuple[str, str]], str]]:
    """Each part's type, headers and words, in order, without the boundary."""
    return [
        (
            part.get_content_type(),
            [(name, re.sub(r'boundary="[^"]*"', "", str(value))) for name, value in part.items()],
            "" if part.is_multipart() else said(part),
        )
        for part in message.walk()
    ]


def djangos(words: Words, *, address: str = "anna@example.org", token: str = TOKENS[0]) -> EmailMessage:
    reader = Subscriber(email=address, token=token, language=words.language)
    return parsed(message_for(reader, words, message_id="<a1b2@example.org>").message().as_bytes(linesep="\r\n"))


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("address", ["anna@example.org", '"anna och bo"@example.org', "a" * 64 + "@example.org"])
def test_the_mail_on_the_wire_is_the_one_django_would_have_written(words, language, token, address):
    words = Words(language, words.subject, words.text, words.html)
    ours = parsed(as_kept(written(words, address=address, token=token)))
    theirs = djangos(words, address=address, token=token)
    del theirs["Date"]
    assert ours["Date"] == "Sat, 28 Nov 2026 12:30:15 +0000"
    del ours["Date"]
    assert [sorted(headers) for _type, headers, _text in parts(ours)] == [
        sorted(headers) for _type, headers, _text in parts(theirs)
    ]
    assert [(kind, text) for kind, _headers, text in parts(ours)] == [
        (kind, text) for kind, _headers, text in parts(theirs)
    ]
    assert ours.defects == []


def test_every_header_stands_once(words):
    head = written(words).partition(b"\r\n\r\n")[0].decode("ascii")
    names = [line.partition(":")[0].lower() for line in head.split("\r\n") if line[0] not in " \t"]
    assert len(names) == len(set(names))
    assert {"to", "from", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post"} <= set(names)


def test_a_token_that_a_soft_break_cuts_is_whole_again_wherever_it_is_cut():
    """Quoted-printable breaks lines at 76 characters: here through every letter of the token in turn."""
    token = TOKENS[0]
    for offset in range(160):
        words = Words(
            "sv",
            "Ämne",
            "x" * offset + UNSUBSCRIBE + " å " + PREFERENCES + "\n",
            f'<p>{"å" * (offset % 30)}{"x" * offset}<a href="{UNSUBSCRIBE}">{UNSUBSCRIBE}</a>{PREFERENCES}</p>',
        )
        message, theirs = parsed(as_kept(written(words, token=token))), djangos(words, token=token)
        for kind, number in (("plain", 2), ("html", 3)):
            text = said(message.get_body((kind,)))
            assert text == said(theirs.get_body((kind,)))
            assert (text.count(token), text.count(STAND_IN)) == (number, 0)


def test_soft_breaks_did_cut_the_stand_in_somewhere():
    """Or the test above would prove nothing."""
    seen = set()
    for offset in range(160):
        mail = BulkMail(Words("sv", "Ä", "x" * offset + UNSUBSCRIBE + "\n", "<p>Hej</p>"))
        seen |= {(piece.start, piece.stop) for piece in mail.body if isinstance(piece, slice)}
    assert {stop for start, stop in seen if start == 0} == set(range(1, 17))


def test_lines_that_begin_with_a_dot_are_doubled_on_the_wire_and_single_at_the_reader():
    dice = random.Random(5)  # noqa: S311
    text = "\n".join("." * dice.randrange(4) + "å" * dice.randrange(60) for _ in range(300)) + "\n.\n..\n.\n"
    words = Words("sv", "Punkt", text, "<pre>" + text + "</pre>")
    content = written(words)
    body = content.removesuffix(b"\r\n.\r\n").split(b"\r\n")
    assert all(line.startswith(b"..") for line in body if line.startswith(b"."))
    assert said(parsed(as_kept(content)).get_body(("plain",))) == text


@pytest.mark.parametrize(
    ("content", "on_the_wire"),
    [
        (b"Hej\r\n", b"Hej\r\n.\r\n"),
        (b"Hej", b"Hej\r\n.\r\n"),
        (b"Hej\r\n.\r\nMAIL FROM:<x@y>\r\n", b"Hej\r\n..\r\nMAIL FROM:<x@y>\r\n.\r\n"),
        (b"Hej\r\n..\r\n", b"Hej\r\n...\r\n.\r\n"),
        (b"Hej\r\n.", b"Hej\r\n..\r\n.\r\n"),
        (b"1.5\r\n", b"1.5\r\n.\r\n"),
    ],
)
def test_what_is_in_a_mail_can_never_end_it(content, on_the_wire):
    assert ended(content) == on_the_wire


def test_line_ends_of_every_kind_leave_as_one_kind():
    words = Words("sv", "Rader", "ett\rtva\ntre\r\nfyra\x0bfem\x0csex\x85sju\u2028atta\n", "<p>ett\rtvå\r\ntre</p>")
    content = written(words)
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\r\n.\r\n" not in content.removesuffix(b"\r\n.\r\n")


@pytest.mark.parametrize("site", ["https://labb.example.org", "https://" + "langt-namn." * 20 + "example.org"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_both_ways_to_leave_stand_on_one_line_and_in_one_piece_however_long(words, settings, site, language):
    settings.SITE_URL = site
    token = TOKENS[0]
    content = written(Words(language, words.subject, words.text, words.html), token=token)
    (line,) = re.findall(rb"\r\nList-Unsubscribe: (.*)\r\n", content)
    assert line == list_unsubscribe(token, language).encode("ascii")
    path = f"/u/{token}/" if language == "sv" else f"/en/u/{token}/"
    assert line.startswith(f"<{site}{path}>, <mailto:".encode())
    assert line.endswith(f"?subject=unsubscribe%20{token}>".encode())
    assert re.findall(rb"\r\nList-Unsubscribe-Post: (.*)\r\n", content) == [b"List-Unsubscribe=One-Click"]


@pytest.mark.parametrize(
    "address",
    [
        "anna@example.org",
        "o'hara+dagbok@example.org",
        "a!b%c&d*e/f=g?h^i`j{k|l}m~n@example.org",
        '"anna och bo"@example.org',
        '"a@b"@example.org',
        "anna@xn--rksmrgs-5wao1o.example",
    ],
)
def test_odd_but_valid_addresses_are_written_as_they_are(words, address):
    assert f"\r\nTo: {address}\r\n".encode() in b"\r\n" + written(words, address=address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@",
        "anna@example.org\r\nBcc: alla@example.org",
        "anna@example.org\nBcc: alla@example.org",
        "anna@example.org\r\n\r\n<p>",
        "anna@example.org ",
        "anna @example.org",
        "anna@example.org\x00",
        "å@example.org",
        "anna@räksmörgås.example",
        '"anna\r\nBcc: x"@example.org',
        '"anna\x01"@example.org',
        "anna@example.org\u2028",
    ],
)
def test_an_address_that_would_break_the_mail_is_not_written(words, address):
    assert ADDRESS.fullmatch(address) is None
    with pytest.raises(ValueError, match="cannot be written"):
        written(words, address=address)


@pytest.mark.parametrize(
    "token",
    ["", "short", "x" * 15, "x" * 17, "x" * 15 + "\n", "x" * 16 + "\n", "x" * 15 + ".", "å" * 16, "../../../../etc/"],
)
def test_a_token_that_would_break_the_mail_is_not_written(words, token):
    with pytest.raises(ValueError, match="cannot be written"):
        written(words, token=token)


def test_words_that_cannot_be_made_into_a_mail_are_found_when_it_is_made(words):
    with pytest.raises(ValueError, match="Header values can't contain newlines"):
        BulkMail(Words("sv", "Två\nrader", words.text, words.html))
    with pytest.raises(UnicodeEncodeError):
        BulkMail(Words("sv", words.subject, "ett halvt tecken: \ud83d", words.html))


def test_a_text_that_has_the_stand_in_in_it_by_chance_tells_nobody_s_token_apart(words):
    """Whoever writes those letters into the diary gets the reader's token in their place; no other harm is done."""
    message = parsed(as_kept(written(Words("sv", "Hej", f"{STAND_IN}\n", words.html))))
    assert said(message.get_body(("plain",))) == f"{TOKENS[0]}\n"
