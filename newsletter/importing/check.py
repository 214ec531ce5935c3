from collections.abc import Iterator
from itertools import islice
from time import monotonic

from django.utils import timezone

from newsletter.importing.layout import records
from newsletter.importing.line import Line, LineProblem
from newsletter.models import ImportContent, ImportProblem, ImportRow, Subscriber, SubscriberImport
from workflow import locked

AT_ONCE = 1_000
# A task hands over to the next after so many seconds, so that others in the queue get their turn.
TURN = 20

Record = tuple[int, list[str]]


class ImportCheck:
    """Reads an uploaded list and finds out what each line would come to. Nobody becomes a subscriber by it.

    A thousand lines are one transaction, and the row says which was the last: a worker that dies costs those at most,
    and of two workers at the same list one goes on.
    """

    def __init__(self, upload: SubscriberImport) -> None:
        self.upload = upload

    def run(self) -> bool:
        """Work for a while; returns whether there is more to do."""
        content = ImportContent.objects.filter(pk=self.upload.pk).first()
        if content is None:
            return False
        todo = self._after(self.upload.line, bytes(content.data))
        until = monotonic() + TURN
        while monotonic() < until:
            piece = list(islice(todo, AT_ONCE))
            if not self._take(piece, after=self.upload.line):
                return False
        return True

    def _after(self, line: int, data: bytes) -> Iterator[Record]:
        found = records(data, self.upload.encoding, self.upload.delimiter)
        if self.upload.has_header:
            next(found)
        return (record for record in found if record[0] > line)

    def _take(self, piece: list[Record], *, after: int) -> bool:
        """Check the next lines; an empty piece is the end. Returns whether to go on."""
        upload = self.upload
        with locked(upload):
            if upload.state != SubscriberImport.State.CHECKING or upload.line != after:
                # Cancelled, or another worker is at it.
                return False
            upload.moved_at = timezone.now()
            if not piece:
                upload.state = SubscriberImport.State.READY
                upload.line = upload.lines
                upload.save()
                upload.record("checked", new=upload.new_count, problems=upload.problem_count)
                return False
            upload.line = piece[-1][0]
            self._sort(piece)
            upload.save()
        return True

    def _sort(self, piece: list[Record]) -> None:
        upload = self.upload
        lines: dict[str, Line] = {}
        problems = []
        for number, cells in piece:
            try:
                line = Line.of(cells, upload.columns, frequency=upload.frequency, language=upload.language)
            except LineProblem as problem:
                problems.append(
                    ImportProblem(subscriber_import=upload, line=number, code=problem.code, found=problem.found)
                )
            else:
                lines.setdefault(line.email.lower(), line)
        seen = upload.rows.seen(lines)
        rows = self._rows([line for key, line in lines.items() if key not in seen])
        ImportRow.objects.bulk_create(rows)
        ImportProblem.objects.bulk_create(problems)
        upload.problem_count += len(problems)
        upload.duplicate_count += len(piece) - len(problems) - len(rows)
        for finding in ImportRow.Finding.values:
            name = f"{finding}_count"
            setattr(upload, name, getattr(upload, name) + sum(row.finding == finding for row in rows))

    def _rows(self, lines: list[Line]) -> list[ImportRow]:
        emails = [line.email for line in lines]
        known = Subscriber.objects.states_of(emails)
        forgotten = Subscriber.objects.who_asked_to_be_forgotten(emails)
        there = {Subscriber.State.ACTIVE, Subscriber.State.PENDING}
        rows = []
        for line in lines:
            state = known.get(line.email.lower())
            if state in there:
                finding = ImportRow.Finding.THERE
            elif state or line.email in forgotten:
                finding = ImportRow.Finding.LEFT
            else:
                finding = ImportRow.Finding.NEW
            rows.append(
                ImportRow(
                    subscriber_import=self.upload,
                    email=line.email,
                    frequency=line.frequency,
                    language=line.language,
                    finding=finding,
                )
            )
        return rows
