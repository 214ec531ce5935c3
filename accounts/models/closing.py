from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.exceptions import InvitationIsClosed
from history.models import Eventful
from workflow import locked


class Closable(Eventful):
    """Open until it is accepted or withdrawn, and of use only until it runs out."""

    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None

    @property
    def has_run_out(self) -> bool:
        return self.is_open and self.expires_at <= timezone.now()

    @property
    def can_be_accepted(self) -> bool:
        return self.is_open and not self.has_run_out

    def revoke(self, *, by: Any) -> None:
        """Take it back: the link stops working. Raises InvitationIsClosed."""
        with locked(self):
            self._refuse_closed()
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
            self.record("revoked", by=by)

    def _refuse_closed(self) -> None:
        if not self.is_open:
            raise InvitationIsClosed
