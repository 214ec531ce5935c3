"""What the protocol says in headers: tus 1.0.0, https://tus.io/protocols/resumable-upload. See docs/decisions."""

import base64
import binascii
import re

from pictures.limits import MAX_BYTES

VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"
ABILITIES = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,termination,expiration",
    "Tus-Max-Size": str(MAX_BYTES),
}


class Malformed(Exception):
    """A header that no client of the protocol sends."""


def number(header: str) -> int:
    """An offset or a length. Raises Malformed."""
    if not re.fullmatch(r"[0-9]{1,15}", header, re.ASCII):
        raise Malformed
    return int(header)


def metadata(header: str) -> dict[str, str]:
    """Upload-Metadata: keys, each with a text in base64 or nothing, between commas. Raises Malformed."""
    if not re.fullmatch(r"[ -~]*", header):
        raise Malformed
    found = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Malformed from None
    return found
