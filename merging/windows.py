"""Several windows on one form: what each of them has seen, and how what they write is put together field by field."""

import hashlib
from dataclasses import dataclass
from typing import Self

# What stands in each field, as a browser sends it. Fields without anything are left out.
Values = dict[str, list[str]]


def mark(written: list[str]) -> str:
    """A short mark of what a field holds, to tell whether it has changed. Empty for an empty field."""
    held = [each.replace("\r\n", "\n") for each in written if each]
    return hashlib.sha256("\x1f".join(held).encode()).hexdigest()[:12] if held else ""


@dataclass(frozen=True)
class Seen:
    """What a window has last seen in each field, as marks. It travels in the form: “company.0a1b2c3d4e5f phone.…”."""

    marks: dict[str, str]

    @classmethod
    def of(cls, values: Values) -> Self:
        return cls({name: mark(written) for name, written in values.items()})

    @classmethod
    def read(cls, text: str) -> Self:
        """Nonsense has seen nothing; at worst somebody is asked which of two texts they want."""
        pairs = (pair.rpartition(".") for pair in text[:2_000].split())
        return cls({name: mark for name, _dot, mark in pairs if name})

    def __str__(self) -> str:
        return " ".join(f"{name}.{mark}" for name, mark in self.marks.items() if mark)

    def has(self, name: str, written: list[str]) -> bool:
        return self.marks.get(name, "") == mark(written)


@dataclass(frozen=True)
class Merge:
    """What is kept after a window has sent what it holds.

    `news` are fields that another window has changed and this one has not touched: the other's words stand. `disputed`
    are those that both have changed: what was kept before stands until a person says which.
    """

    values: Values
    news: list[str]
    disputed: list[str]
    seen: Seen
    """What the window has seen, when it goes on showing what it sent."""

    @classmethod
    def of(cls, sent: Values, kept: Values, seen: Seen | None) -> Self:
        """Without `seen` the window's words stand, whatever was kept."""
        values, news, disputed, marks = dict(kept), [], [], {}
        for name, written in sent.items():
            stored = kept.get(name, [])
            marks[name] = mark(written)
            if seen is not None and seen.has(name, written):
                if mark(stored) != mark(written):
                    news.append(name)
            elif seen is None or seen.has(name, stored) or mark(stored) == mark(written):
                values[name] = written
            else:
                disputed.append(name)
                marks[name] = seen.marks.get(name, "")
        return cls({name: written for name, written in values.items() if written}, news, disputed, Seen(marks))
