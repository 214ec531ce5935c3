"""The bytes of one variant's mail, made once; what is personal is put in by joining pieces."""

import datetime
import re
from email.utils import format_datetime
from functools import lru_cache
from typing import cast

from django.core.mail import SafeMIMEText

from newsletter.models import Subscriber, Variant
from newsletter.sending.message import list_unsubscribe, message_for
from newsletter.sending.rendering import Words

# Stands where each recipient's token goes; as long as a token, so that no line gets longer or shorter.
STAND_IN = "TokenOfAReader00"
TOKEN = re.compile(r"[A-Za-z0-9_-]{16}")
# An address on one line, in ASCII: nothing that could begin a header of its own.
ADDRESS = re.compile(r"[!-~]+@[!-~]+|\"[ -~]+\"@[!-~]+")
MAILS_KEPT = 64
PERSONAL_HEADERS = ("To", "Message-ID", "Date", "List-Unsubscribe")
# Quoted-printable breaks lines wherever they get too long, also within a token.
SOFT_BREAK = b"=\r\n"
FOUND = re.compile(b"(?:=\r\n)?".join(re.escape(letter.encode()) for letter in STAND_IN))

Piece = bytes | slice


class BulkMail:
    """A variant, ready to be addressed. Raises whatever is wrong with its words when it is made."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.head, self.body = self._parts(words)
        self.leaving = list_unsubscribe(STAND_IN, words.language)

    def to(self, address: str, token: str, *, message_id: str, at: datetime.datetime) -> bytes:
        """One recipient's mail as it goes over the wire after DATA, the final dot included.

        Raises ValueError for an address or a token that would break the mail.
        """
        if not ADDRESS.fullmatch(address) or not TOKEN.fullmatch(token):
            raise ValueError("The address or the token of this subscriber cannot be written in a mail.")
        personal = (
            f"To: {address}\r\nMessage-ID: {message_id}\r\nDate: {written(at.replace(microsecond=0))}\r\n"
            f"List-Unsubscribe: {self.leaving.replace(STAND_IN, token)}\r\n"
        )
        letters = token.encode("ascii")
        body = (letters[piece] if isinstance(piece, slice) else piece for piece in self.body)
        return b"".join((personal.encode("ascii"), self.head, *body))

    @staticmethod
    def _parts(words: Words) -> tuple[bytes, tuple[Piece, ...]]:
        """The headers that all have in common, and the body in pieces: bytes, and slices of the token between them."""
        reader = Subscriber(email="reader@example.org", token=STAND_IN, language=words.language)
        message = cast(SafeMIMEText, message_for(reader, words, message_id="<of@each>").message())
        for name in PERSONAL_HEADERS:
            del message[name]
        head, _, body = message.as_bytes(linesep="\r\n").partition(b"\r\n\r\n")
        return head + b"\r\n\r\n", tuple(pieces(ended(body)))


class BulkMails:
    """The variants of an issue, ready to be addressed: those lately used. Most readers share a few of thousands."""

    def __init__(self) -> None:
        self.of = lru_cache(maxsize=MAILS_KEPT)(self._read)

    @staticmethod
    def _read(variant_id: int) -> BulkMail:
        variant = Variant.objects.get(pk=variant_id)
        return BulkMail(Words(variant.language, variant.subject, variant.text, variant.html))


def pieces(body: bytes) -> list[Piece]:
    """The body cut at the stand-ins, each replaced by the slice of the token that goes there."""
    cut: list[Piece] = []
    end = 0
    for found in FOUND.finditer(body):
        cut.append(body[end : found.start()])
        before = 0
        for number, part in enumerate(found[0].split(SOFT_BREAK)):
            if number:
                cut.append(SOFT_BREAK)
            cut.append(slice(before, before + len(part)))
            before += len(part)
        end = found.end()
    return [*cut, body[end:]]


def ended(content: bytes) -> bytes:
    """The content as it goes over the wire: leading dots doubled, the final dot at the end."""
    quoted = content.replace(b"\r\n.", b"\r\n..")
    return quoted + (b".\r\n" if quoted.endswith(b"\r\n") else b"\r\n.\r\n")


@lru_cache(maxsize=4)
def written(at: datetime.datetime) -> str:
    """A time as mails have it (RFC 5322); the same for all mails of a second."""
    return format_datetime(at)
