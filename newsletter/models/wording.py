import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

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
        return "-".join(map(_mark, self.words.values()))

    def reword(self: Worded, words: Mapping[str, str], *, seen: str, by: Any) -> None:
        """Write the words that the person has changed; `seen` is the mark of those their page was opened with.

        Raises NoLongerDraft, and SavedMeanwhile when somebody else has changed the same. A mark that makes no sense
        counts as an old one.
        """
        with locked(self):
            self.check_editable()
            stored, opened = self.words, dict(zip(WORDS, seen.split("-"), strict=False))
            written = {name for name in WORDS if _mark(words[name]) != opened.get(name)}
            changed = {name: words[name] for name in WORDS if name in written and words[name] != stored[name]}
            clashing = [name for name in changed if _mark(stored[name]) != opened.get(name)]
            if clashing:
                raise SavedMeanwhile(stored | changed, _only(changed, clashing), _only(stored, clashing))
            if changed:
                for name, text in changed.items():
                    setattr(self, name, text)
                self.save(update_fields=list(changed))
                self.record("changed", by=by, fields=list(changed))


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _only(words: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: words[name] for name in names}
