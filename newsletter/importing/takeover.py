from time import monotonic

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from history.models import Event
from newsletter.importing.check import AT_ONCE, TURN
from newsletter.models import Consent, ImportRow, Subscriber, SubscriberImport
from newsletter.models.subscriber import new_token
from workflow import locked

FORM = "import"


class ImportTakeover:
    """Makes subscribers of the new addresses of a checked list, a thousand in a transaction.

    The rows that are dealt with are deleted in the same transaction, so that going on after a worker's death, or two
    workers at once, neither miss an address nor take one twice. Who subscribes by now, has left or asked to be
    forgotten since the list was checked is passed over.
    """

    def __init__(self, upload: SubscriberImport) -> None:
        self.upload = upload

    def run(self) -> bool:
        """Work for a while; returns whether there is more to do."""
        until = monotonic() + TURN
        while monotonic() < until:
            if not self._take():
                return False
        return True

    def _take(self) -> bool:
        upload = self.upload
        with locked(upload):
            if upload.state != SubscriberImport.State.IMPORTING:
                return False
            rows = list(upload.rows.filter(finding=ImportRow.Finding.NEW).order_by("pk")[:AT_ONCE])
            if not rows:
                # Who was erased meanwhile has no row any more.
                upload.passed_over_count = upload.new_count - upload.imported_count
                upload.close(SubscriberImport.State.DONE)
                upload.record("imported", imported=upload.imported_count, passed_over=upload.passed_over_count)
                return False
            imported = self._import(rows)
            upload.rows.filter(pk__in=[row.pk for row in rows]).delete()
            upload.imported_count += len(imported)
            upload.passed_over_count += len(rows) - len(imported)
            upload.moved_at = timezone.now()
            upload.save()
        return True

    def _import(self, rows: list[ImportRow]) -> list[int]:
        """The ids of those who are subscribers now and were not before."""
        now = timezone.now()
        forgotten = Subscriber.objects.who_asked_to_be_forgotten(row.email for row in rows)
        # In the same order in every import, so that two at once wait for each other and never in a ring.
        subscribers = [
            Subscriber(
                email=row.email,
                state=Subscriber.State.ACTIVE,
                confirmed_at=now,
                frequency=row.frequency,
                language=row.language,
                token=new_token(),
            )
            for row in sorted(rows, key=lambda row: row.email.lower())
            if row.email not in forgotten
        ]
        Subscriber.objects.bulk_create(subscribers, batch_size=AT_ONCE, ignore_conflicts=True)
        made = Subscriber.objects.filter(token__in=[subscriber.token for subscriber in subscribers])
        # Who was erased between the look and the insert freed the address for it. From here on nobody can.
        made.filter(email__in=Subscriber.objects.who_asked_to_be_forgotten(row.email for row in rows)).delete()
        imported = list(made.values_list("pk", flat=True))
        Consent.objects.bulk_create(
            Consent(
                subscriber_id=pk,
                text=self.upload.ground,
                form=FORM,
                language=self.upload.ground_language,
                subscriber_import=self.upload,
            )
            for pk in imported
        )
        kind = ContentType.objects.get_for_model(Subscriber)
        Event.objects.bulk_create(
            Event(subject_type=kind, subject_id=pk, verb="imported", particulars={"import": self.upload.pk})
            for pk in imported
        )
        return imported
