from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.models.import_content import ImportContent
from workflow import IllegalTransition, locked

Import = Any  # A SubscriberImport, which has the fields.


class TooLateToCancelImport(IllegalTransition):
    pass


class NotReadyToImport(IllegalTransition):
    pass


class NumberToImportChanged(IllegalTransition):
    pass


class NothingToImport(IllegalTransition):
    pass


class Orderable(models.Model):
    """How a list of addresses that has been uploaded comes to be imported, or is not."""

    finished_at: Any  # A column of the import.

    class Meta:
        abstract = True

    def order(self: Import, *, by: Any, count: int) -> None:
        """Import the new addresses; `count` is the number the person has said yes to. Ordering twice is one order.

        Raises NotReadyToImport, NumberToImportChanged, NothingToImport.
        """
        with locked(self):
            if self.state in {self.State.IMPORTING, self.State.DONE}:
                return
            if self.state != self.State.READY:
                raise NotReadyToImport(_("The list is not ready to be imported. Look at its page."))
            if not self.new_count:
                raise NothingToImport(_("The list has no new address, so there is nothing to import."))
            if count != self.new_count:
                raise NumberToImportChanged(
                    _("The number of new addresses is now %(count)d. Look once more and confirm.")
                    % {"count": self.new_count}
                )
            self.state = self.State.IMPORTING
            self.moved_at = timezone.now()
            self.save(update_fields=["state", "moved_at"])
            self.record("ordered", by=by, count=count)
            self.kick()

    def cancel(self: Import, *, by: Any) -> None:
        """Import nothing, and delete the list. Raises TooLateToCancelImport once it is being imported."""
        with locked(self):
            if self.state == self.State.CANCELLED:
                return
            if self.state not in {self.State.CHECKING, self.State.READY}:
                raise TooLateToCancelImport(_("The addresses are already being imported, or have been."))
            self.close(self.State.CANCELLED)
            self.record("cancelled", by=by)

    def expire(self: Import) -> None:
        """Nobody has imported the list: delete it."""
        with locked(self):
            if self.state in {self.State.CHECKING, self.State.READY}:
                self.close(self.State.CANCELLED)
                self.record("expired")

    def close(self: Import, state: str) -> None:
        """Note that nothing more is to come, and delete the uploaded addresses. The caller holds the row."""
        self.state = state
        self.finished_at = self.moved_at = timezone.now()
        self.save()
        self.rows.all().delete()
        ImportContent.objects.filter(pk=self.pk).delete()

    def kick(self: Import) -> None:
        """Have a worker go on with it once the transaction is through. Kicking too often does no harm."""
        from newsletter.tasks import enqueue_import

        transaction.on_commit(lambda: enqueue_import(self.pk))
