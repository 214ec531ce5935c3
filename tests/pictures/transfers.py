"""Sends a file as the script in the page does: a place for it is made, and its pieces go there."""

import base64
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import Client

from pictures.models import Picture
from pictures.slots import Slot
from pictures.uploads import spool_dir
from tests.pictures.factories import png_bytes

SLOT = Slot("logo", "id_logo", "Logotyp", 200, "sv")
TRANSFERS = "/bilder/overforingar/"
TUS = {"Tus-Resumable": "1.0.0"}
PNG = png_bytes(300, 300, compress_level=0)
"""Large enough to be sent in pieces."""

OUT_OF_ORDER = (
    "Just nu kan vi inte spara bilder. Det är inget fel på din, och det du har skrivit finns kvar. "
    "Vänta några minuter och välj bilden igen."
)
"""What is said when our own disk or store does not take a picture."""


def metadata(**texts: str) -> str:
    return ",".join(f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in texts.items())


def begun(
    client: Client, length: int, name: str = "bild.png", slot: Slot = SLOT, saved: str = "", **headers: Any
) -> HttpResponse:
    told = {"Upload-Length": str(length), "Upload-Metadata": metadata(filename=name, slot=slot.sign(), saved=saved)}
    return client.generic("POST", TRANSFERS, headers={**TUS, **told, **headers})


def patched(client: Client, place: str, piece: bytes, offset: int, **headers: Any) -> HttpResponse:
    told = {**TUS, "Upload-Offset": str(offset), **headers}
    # The client would send no type with an empty piece.
    return client.generic("PATCH", place, piece, CONTENT_TYPE="application/offset+octet-stream", headers=told)


def offset_of(client: Client, place: str) -> int:
    return int(client.head(place, headers=TUS)["Upload-Offset"])


def transferred(
    client: Client,
    content: bytes,
    name: str = "bild.png",
    slot: Slot = SLOT,
    saved: str = "",
    piece: int = 1_000_000,
) -> HttpResponse:
    """All of it, in pieces of so many bytes: the answer to the last, or the one that refused it."""
    response = begun(client, len(content), name, slot, saved)
    if response.status_code != 201:
        return response
    place, offset = response["Location"], 0
    while response.status_code in {201, 204} and offset < len(content):
        response = patched(client, place, content[offset : offset + piece], offset)
        offset += piece
    return response


def refused(client: Client, content: bytes, name: str = "logga.png") -> str:
    """The sentence a person gets; nothing has been kept."""
    response = transferred(client, content, name)
    assert response.status_code == 400, response.json()
    assert (Picture.objects.count(), spooled()) == (0, [])
    return response.json()["sentence"]


def taken(client: Client, content: bytes, name: str = "logga.png") -> Picture:
    response = transferred(client, content, name)
    assert response.status_code == 201, response.json()
    return Picture.objects.get()


def spooled() -> list[Path]:
    """What lies where uploads wait."""
    return list(spool_dir().iterdir())
