"""Reads a workbook back, as far as the tests need it."""

import io
import zipfile
from xml.etree import ElementTree

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells_of(content: bytes) -> list[list[tuple[str, str]]]:
    """The cells of the first sheet, row by row: kind ("s" for text, "n" for numbers and dates, "f") and content."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 – our own
    return [[_cell(cell) for cell in row.iter(f"{SHEET}c")] for row in sheet.iter(f"{SHEET}row")]


def _cell(cell: ElementTree.Element) -> tuple[str, str]:
    if cell.find(f"{SHEET}f") is not None:
        return "f", cell.findtext(f"{SHEET}f", "")
    if cell.get("t") == "inlineStr":
        return "s", "".join(part.text or "" for part in cell.iter(f"{SHEET}t"))
    return "n", cell.findtext(f"{SHEET}v", "")
