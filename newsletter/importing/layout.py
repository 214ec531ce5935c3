"""What kind of file somebody uploaded: its encoding, its delimiter, and which column is which."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DELIMITERS = (";", ",", "\t")
# A header may be in Swedish or English; only the column with the address has to be there.
HEADERS = {
    "email": {
        "e-post", "epost", "e-postadress", "epostadress", "e-post adress", "mejl", "mejladress", "mail", "mailadress",
        "e-mail", "email", "e-mail address", "email address", "e-mailadress",
    },
    "frequency": {"hur ofta", "frekvens", "rytm", "how often", "frequency", "rhythm"},
    "language": {"språk", "sprak", "language", "lang"},
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """How to read the file. `columns` says at which place the address, the rhythm and the language stand."""

    encoding: str
    delimiter: str
    columns: dict[str, int]
    has_header: bool

    @classmethod
    def of(cls, data: bytes) -> "Layout":
        """Look at the file. Raises ValidationError with a sentence when it is none that we can read."""
        encoding = encoding_of(data)
        text = TextIOWrapper(BytesIO(data), encoding=encoding, newline="")
        head = next((line for line in text if line.strip()), "")
        delimiter = max(DELIMITERS, key=head.count)
        lines = records(data, encoding, delimiter)
        _line, found = next(lines, (0, []))
        if not found:
            raise ValidationError(_("The file holds no lines."), code="empty")
        columns = columns_in(found)
        if "email" in columns:
            if next(lines, None) is None:
                raise ValidationError(_("The list has a heading and nothing under it."), code="only_heading")
            return cls(encoding, delimiter, columns, has_header=True)
        if len(found) == 1 and "@" in found[0]:
            return cls(encoding, delimiter, {"email": 0}, has_header=False)
        raise ValidationError(
            _("The first line must name the columns: write “e-post” above the addresses. It says “%(found)s” now."),
            code="header",
            params={"found": delimiter.join(found)[:80]},
        )


def encoding_of(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, or the Windows encoding of Western Europe."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ValidationError(
            _("This is a workbook. Save it as CSV in your spreadsheet program, and choose that."), code="workbook"
        )
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        if encoding != "utf-16" and b"\x00" in data:
            break
        try:
            for _piece in TextIOWrapper(BytesIO(data), encoding=encoding, newline=""):
                pass
        except UnicodeError:
            continue
        return encoding
    raise ValidationError(
        _("The file is not text that we can read. Save the list as CSV with the encoding UTF-8, and choose that."),
        code="not_text",
    )


def columns_in(header: list[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(header):
        for name, words in HEADERS.items():
            if cell.strip().lower().rstrip(":") in words:
                columns.setdefault(name, place)
    return columns


def records(data: bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records of the file that hold anything, each with the number of the line it begins on, read bit by bit."""
    reader = csv.reader(TextIOWrapper(BytesIO(data), encoding=encoding, newline=""), delimiter=delimiter)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # One cell longer than a whole file should be: a quotation mark without its mate. Its line says so.
            cells = ['"\n\n\n\n\n\n\n\n\n\n\n']
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1
