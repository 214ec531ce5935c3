"""The sender's file name, fit to be shown and nothing else: it never becomes a path."""

import re
import unicodedata

LONGEST = 120


def display_name(name: str) -> str:
    """`name` without folders, control characters and direction marks, at most 120 characters with its ending kept."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()
    if len(name) > LONGEST:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 5 else ""
        name = name[: LONGEST - len(ending) - 1] + "…" + ending
    return name or "bild"
