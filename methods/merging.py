"""Putting together what two people wrote in the same section at the same time."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.forms import BoundField
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from labs.models import FocusArea
from methods.exceptions import EditConflict
from methods.forms.sections import BasicsForm, ComponentFormSet, SectionForm
from methods.models import Revision
from methods.models.searching import RICH_COLUMNS

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


@dataclass
class Difference:
    """One field that two people wrote differently: both texts as they read, and the field to settle it in."""

    label: str
    theirs: str
    yours: str
    field: BoundField | None


class Merge:
    """What the merge page shows: the fields that differ, and a form holding the merged text."""

    def __init__(self, revision: Revision, conflict: EditConflict) -> None:
        self.revision, self.conflict = revision, conflict
        values = {name: self._merged(name) for name in conflict.yours}
        self.form = self._form(values)
        self.saved_by = revision.saved_by(conflict.section)
        self.saved_at = revision.section_saved_at(conflict.section)
        self.differences = [
            Difference(self._label(name), self._shown(name, theirs), self._shown(name, yours), self._field(name))
            for name, yours in conflict.yours.items()
            if (theirs := conflict.theirs[name]) != yours
        ]

    @property
    def version(self) -> int:
        return self.conflict.version

    @property
    def settled_fields(self) -> list[BoundField]:
        """The fields both agree on; they go along unseen."""
        if isinstance(self.form, ComponentFormSet):
            return []
        alike = {name for name, value in self.conflict.yours.items() if self.conflict.theirs[name] == value}
        return [self.form[name] for name in self.form.fields if name in alike]

    def _merged(self, name: str) -> Any:
        yours, theirs = self.conflict.yours[name], self.conflict.theirs[name]
        if name in RICH_COLUMNS:
            return merge_html(theirs, yours)
        if name == "components":
            known = {part["title"] for part in theirs}
            return [*theirs, *(part for part in yours if part["title"] not in known)]
        return yours

    def _form(self, values: dict[str, Any]) -> Any:
        section = self.conflict.section
        if section == "components":
            return ComponentFormSet(initial=values["components"])
        kind = BasicsForm if section == "basics" else SectionForm
        form = kind(instance=self.revision, section=section)
        form.initial = {**form.initial, **values}
        form.initial["version"] = self.conflict.version
        return form

    def _field(self, name: str) -> BoundField | None:
        return None if isinstance(self.form, ComponentFormSet) else self.form[name]

    def _label(self, name: str) -> str:
        if name == "components":
            return _("The parts")
        return str(self.form.fields[name].label)

    def _shown(self, name: str, value: Any) -> str:
        if value in (None, "", []):
            return mark_safe(f"<p><em>{escape(_('Nothing'))}</em></p>")  # noqa: S308
        if name in RICH_COLUMNS:
            return mark_safe(value)  # noqa: S308 – sanitised before it got here
        if name == "components":
            items = "".join(f"<li>{escape(part['title'])}: {escape(part['description'])}</li>" for part in value)
            return mark_safe(f"<ul>{items}</ul>")  # noqa: S308
        if name == "focus_areas":
            value = ", ".join(area.name for area in FocusArea.objects.filter(pk__in=value))
        return mark_safe(f"<p>{escape(value)}</p>")  # noqa: S308
