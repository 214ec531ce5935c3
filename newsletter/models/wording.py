from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from merging import Merge, Seen, Values
from workflow import IllegalTransition, locked

Worded = Any  # An Issue, which has the fields.

WORDS = ("subject", "preheader", "intro", "subject_en", "preheader_en", "intro_en")


class SavedMeanwhile(IllegalTransition):
    """Somebody else saved other words in the same fields after the page was opened.

    `together` maps every field to what it would be now; `yours` and `theirs` those that both have changed.
    """

    def __init__(self, together: Mapping[str, str], yours: Mapping[str, str], theirs: Mapping[str, str]) -> None:
        self.together, self.yours, self.theirs = together, yours, theirs
        super().__init__(_("Somebody else has changed the same words since you opened the page. Both texts are kept."))


class Wording(models.Model):
    """The words around the items of an issue, and how several people write them without losing any."""

    class Meta:
        abstract = True

    @property
    def words(self: Worded) -> dict[str, str]:
        return {name: getattr(self, name) for name in WORDS}

    @property
    def words_mark(self: Worded) -> str:
        """What a page carries to tell later which of the words it was opened with."""
        return str(Seen.of(_held(self.words)))

    def reword(self: Worded, words: Mapping[str, str], *, seen: str, by: Any) -> None:
        """Write the words that the person has changed; `seen` is the mark of those their page was opened with.

        Raises NoLongerDraft, and SavedMeanwhile when somebody else has changed the same. A mark that makes no sense
        counts as an old one.
        """
        with locked(self):
            self.check_editable()
            stored = self.words
            merge = Merge.of(_held(words), _held(stored), Seen.read(seen))
            kept = {name: text for name, (text,) in merge.values.items()}
            if merge.disputed:
                yours = {name: words[name] for name in merge.disputed}
                raise SavedMeanwhile(kept | yours, yours, {name: stored[name] for name in merge.disputed})
            changed = [name for name in WORDS if kept[name] != stored[name]]
            if changed:
                for name in changed:
                    setattr(self, name, kept[name])
                self.save(update_fields=changed)
                self.record("changed", by=by, fields=changed)


def _held(words: Mapping[str, str]) -> Values:
    return {name: [words[name]] for name in WORDS}
