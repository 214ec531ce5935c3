"""The queue as coordinators have narrowed it, as a file for Excel."""

import tempfile
from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from procurement_portal.models import Application

CHUNK = 500


class ApplicationsWorkbook:
    """One row for each application. Contact persons are left out, and a sole trader's number is masked, as in the list.

    Cells are written as text or as dates, never as formulas or links, whatever they begin with. A row is on disk before
    the next one is read.
    """

    def __init__(self, applications: Any) -> None:
        self.applications = applications

    def write(self) -> IO[bytes]:
        """The file, open at its beginning; it is gone when it is closed."""
        file = tempfile.TemporaryFile()  # noqa: SIM115
        with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
            sheet = book.add_worksheet(_("Applications")[:31])
            bold, self.day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
            sheet.freeze_panes(1, 0)
            headings = self._headings()
            for column, (heading, width) in enumerate(headings):
                sheet.set_column(column, column, width)
                sheet.write_string(0, column, heading, bold)
            row = 0
            for row, application in enumerate(self._rows(), start=1):
                self._write_row(sheet, row, self._cells(application))
            sheet.autofilter(0, 0, max(row, 1), len(headings) - 1)
        file.seek(0)
        return file

    def _rows(self) -> Iterable[Application]:
        rows = self.applications.select_related("reviewer", "decided_by").prefetch_related("categories")
        return rows.iterator(chunk_size=CHUNK)

    @staticmethod
    def _headings() -> list[tuple[str, int]]:
        return [
            (_("Reference number"), 16),
            (_("Company"), 32),
            (_("Organisation number"), 20),
            (_("State"), 24),
            (_("Has waited, days"), 16),
            (_("Sent in"), 12),
            (_("Decided"), 12),
            (_("Reviewer"), 24),
            (_("Decided by"), 24),
            (_("What they offer"), 40),
            (_("Website"), 40),
        ]

    @staticmethod
    def _cells(application: Application) -> list[str | int | datetime | None]:
        return [
            application.reference,
            application.company,
            application.number.masked,
            str(application.get_state_display()),
            application.waiting_days,
            application.confirmed_at,
            application.decided_at,
            application.reviewer.name if application.reviewer else None,
            application.decided_by.name if application.decided_by else None,
            ", ".join(category.name for category in application.categories.all()),
            application.website,
        ]

    def _write_row(self, sheet: Any, row: int, cells: Iterable[str | int | datetime | None]) -> None:
        for column, value in enumerate(cells):
            if isinstance(value, datetime):
                sheet.write_datetime(row, column, timezone.localtime(value).replace(tzinfo=None), self.day)
            elif isinstance(value, int):
                sheet.write_number(row, column, value)
            elif value:
                sheet.write_string(row, column, value)
