"""Putting together what two people wrote in the same section at the same time."""

from typing import Any

from django.forms import BoundField
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from labs.models import FocusArea
from merging import Difference
from methods.exceptions import EditConflict
from methods.forms.sections import BasicsForm, ComponentFormSet, SectionForm
from methods.models import Revision
from methods.models.searching import RICH_COLUMNS
from richtext.merging import merge_html


class Merge:
    """What the merge page shows: the fields that differ, and a form holding the merged text."""

    def __init__(self, revision: Revision, conflict: EditConflict) -> None:
        self.revision, self.conflict = revision, conflict
        values = {name: self._merged(name) for name in conflict.yours}
        self.form = self._form(values)
        self.saved_by = revision.saved_by(conflict.section)
        self.saved_at = revision.section_saved_at(conflict.section)
        self.differences = [
            Difference(
                label=self._label(name),
                language=revision.language,
                theirs=self._shown(name, theirs),
                yours=self._shown(name, yours),
                field=self._field(name),
            )
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
