"""What a version changes, section by section, in a form that a busy person can read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from labs.models.figures import in_digits
from methods.models import Revision
from methods.models.searching import RICH_COLUMNS
from methods.sections import SECTIONS, Section
from richtext.plain import to_plain


@dataclass(frozen=True)
class Piece:
    """Some words, and whether they are "same", "added" or "removed"."""

    kind: str
    text: str


@dataclass
class Line:
    """A field of a section: its label, the value as HTML or text, and how it differs from before."""

    label: str
    value: Any
    rich: bool = False
    pieces: list[Piece] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return any(piece.kind != "same" for piece in self.pieces)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)


@dataclass
class Difference:
    """A section of the version under review, line by line."""

    section: Section
    lines: list[Line]
    compared: bool

    @property
    def changed(self) -> bool:
        return self.compared and any(line.changed for line in self.lines)


def words_changed(before: str, after: str) -> list[Piece]:
    """The pieces that lead from one text to the other, word by word."""
    a, b = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    pieces: list[Piece] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(a[a1:a2])))
            continue
        if a1 < a2:
            pieces.append(Piece("removed", "".join(a[a1:a2])))
        if b1 < b2:
            pieces.append(Piece("added", "".join(b[b1:b2])))
    return pieces


def differences(revision: Revision, before: Revision | None) -> list[Difference]:
    """Every section of the revision, compared with the version published before it when there is one."""
    return [Difference(section, list(_lines(section, revision, before)), before is not None) for section in SECTIONS]


def _lines(section: Section, revision: Revision, before: Revision | None) -> Iterator[Line]:
    for name in section.fields:
        rich = name in RICH_COLUMNS
        value = _shown(revision, name)
        pieces = words_changed(_text(before, name), _text(revision, name)) if before else []
        yield Line(str(Revision._meta.get_field(name).verbose_name), value, rich, pieces)  # type: ignore[union-attr]
    for label, rows in _rows(section, revision):
        earlier = dict(_rows(section, before)) if before else {}
        pieces = words_changed("\n".join(earlier.get(label, [])), "\n".join(rows)) if before else []
        yield Line(label, rows, pieces=pieces)


def _shown(revision: Revision, name: str) -> Any:
    value = revision.get_language_display() if name == "language" else getattr(revision, name)
    return in_digits(value) if isinstance(value, int) else value


def _text(revision: Revision, name: str) -> str:
    value = _shown(revision, name)
    if value is None:
        return ""
    return to_plain(value) if name in RICH_COLUMNS else str(value)


def _rows(section: Section, revision: Revision) -> Iterator[tuple[str, list[str]]]:
    if section.key == "basics":
        yield _("Focus areas"), [area.name for area in revision.focus_areas.all()]
    elif section.key == "components":
        yield _("Core"), [_joined(part.title, part.description) for part in revision.core_components]
        yield _("Adaptable"), [_joined(part.title, part.description) for part in revision.adaptable_components]
    elif section.key == "claims":
        for number, claim in enumerate(revision.claims.all(), start=1):
            figures = [f"{each.figure} ({each.period})" for each in claim.measurements.all()]
            yield _("Result %(number)d") % {"number": number}, [claim.statement, claim.goal.title, *figures]
    elif section.key == "pictures":
        yield _("Pictures"), [each.alt for each in revision.illustrations.all()]


def _joined(title: str, description: str) -> str:
    return f"{title}: {description}" if description else title
