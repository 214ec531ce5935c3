from dataclasses import dataclass

from django.core.exceptions import ValidationError

from newsletter.models.address import normalised
from newsletter.models.rhythm import Rhythm

# What may stand in the columns, in Swedish or English, also as our own export and forms have it.
RHYTHMS: dict[str, set[str]] = {
    Rhythm.EACH: {
        "each",
        "varje gång",
        "varje inlägg",
        "direkt",
        "löpande",
        "each time",
        "as it happens",
        "varje gång något nytt publiceras",
    },
    Rhythm.WEEKLY: {"weekly", "varje vecka", "vecka", "veckovis", "en gång i veckan", "every week", "week"},
    Rhythm.MONTHLY: {"monthly", "varje månad", "månad", "månadsvis", "en gång i månaden", "every month", "month"},
}
LANGUAGES = {"sv": {"sv", "se", "svenska", "swedish"}, "en": {"en", "engelska", "english"}}
# A cell that goes on over so many lines, or over an address, is not a cell: its quotation mark has no mate.
MOST_LINES_IN_A_CELL = 10


class LineProblem(Exception):
    """The line cannot be used: `code` is one of LINE_SENTENCES, `found` what stands there."""

    def __init__(self, code: str, found: str) -> None:
        self.code, self.found = code, found.replace("\x00", "")[:80]
        super().__init__(code)


@dataclass(frozen=True)
class Line:
    """What one line of an imported file says."""

    email: str
    frequency: str
    language: str

    @classmethod
    def of(cls, cells: list[str], columns: dict[str, int], *, frequency: str, language: str) -> "Line":
        """Read the cells; `frequency` and `language` stand in for empty ones. Raises LineProblem."""
        for each in cells:
            if goes_on(each):
                raise LineProblem("quotation", each.splitlines()[0])

        def cell(name: str) -> str:
            place = columns.get(name)
            return cells[place].strip() if place is not None and place < len(cells) else ""

        address = unprotected(cell("email"))
        if not address:
            raise LineProblem("missing", "")
        try:
            email = normalised(address)
        except ValidationError as refusal:
            (error,) = refusal.error_list
            raise LineProblem(str(error.code), str((error.params or {})["found"])) from None
        return cls(
            email=email,
            frequency=_known(cell("frequency"), RHYTHMS, "frequency") or frequency,
            language=_known(cell("language"), LANGUAGES, "language") or language,
        )


def goes_on(cell: str) -> bool:
    following = cell.splitlines()[1:]
    return len(following) >= MOST_LINES_IN_A_CELL or any("@" in line for line in following)


def unprotected(cell: str) -> str:
    """The cell without the mark that our own export puts before what a spreadsheet would take for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in {"=", "+", "-", "@"} else cell


def _known(word: str, words: dict[str, set[str]], column: str) -> str:
    if not word:
        return ""
    for value, known in words.items():
        if word.lower() in known:
            return str(value)
    raise LineProblem(column, word)
