"""Putting together what two people wrote around the items of the same issue at the same time."""

from typing import Any

from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from merging import Difference
from newsletter.forms.issue import IssueForm
from newsletter.models import Issue
from newsletter.models.wording import SavedMeanwhile
from richtext.merging import merge_html

RICH = ("intro", "intro_en")


class WordsMerge:
    """What the merge page shows: the fields that both have changed, and a form holding all words put together."""

    def __init__(self, issue: Issue, conflict: SavedMeanwhile) -> None:
        self.conflict = conflict
        together = dict(conflict.together)
        for name in RICH:
            if name in conflict.yours:
                together[name] = merge_html(conflict.theirs[name], conflict.yours[name])
        self.form = IssueForm(instance=issue)
        self.form.initial = {**self.form.initial, **together}
        saves = issue.events.filter(verb="changed", particulars__fields__has_any_keys=list(conflict.yours))
        self.saved = saves.newest_first().first()

    @property
    def differences(self) -> list[Difference]:
        return [
            Difference(
                label=str(self.form.fields[name].label),
                language="en" if name.endswith("_en") else "sv",
                theirs=shown(name, self.conflict.theirs[name]),
                yours=shown(name, self.conflict.yours[name]),
                field=self.form[name],
            )
            for name in self.conflict.yours
        ]

    @property
    def settled_fields(self) -> list[BoundField]:
        """The others, which go along unseen."""
        return [self.form[name] for name in self.conflict.together if name not in self.conflict.yours]


def shown(name: str, text: str) -> Any:
    if not text:
        return format_html("<p><em>{}</em></p>", _("Nothing"))
    return mark_safe(text) if name in RICH else format_html("<p>{}</p>", text)  # noqa: S308 – sanitised when written
