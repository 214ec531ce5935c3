from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.exceptions import AlreadyInactive, CannotDeactivateOneself
from history.models import Eventful
from workflow import locked


class Standing(Eventful):
    """What a person may become and cease to be here."""

    EVENTS = {
        "joined": _("joined"),
        "became_coordinator": _("became a coordinator"),
        "deactivated": _("deactivated the account"),
        "reactivated": _("reactivated the account"),
        "second_factor_added": _("added a second step to the sign-in"),
        "second_factor_removed": _("removed a second step from the sign-in"),
    }

    is_coordinator = models.BooleanField(_("coordinator"), default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        abstract = True

    def deactivate(self, *, by: Any) -> None:
        """Keep the person out from now on; what they wrote and did stays.

        Raises AlreadyInactive, and CannotDeactivateOneself: the last coordinator must not lock the door from outside.
        """
        if by.pk == self.pk:
            raise CannotDeactivateOneself
        with locked(self):
            if not self.is_active:
                raise AlreadyInactive
            self.is_active = False
            self.save(update_fields=["is_active"])
            self.record("deactivated", by=by)

    def reactivate(self, *, by: Any) -> None:
        """Let a deactivated person in again; does nothing to one who is active."""
        with locked(self):
            if self.is_active:
                return
            self.is_active = True
            self.save(update_fields=["is_active"])
            self.record("reactivated", by=by)

    def become_coordinator(self, *, by: Any) -> None:
        """Give the person the coordinators' view of all labs; does nothing to one who has it."""
        with locked(self):
            if self.is_coordinator:
                return
            self.is_coordinator = True
            self.save(update_fields=["is_coordinator"])
            self.record("became_coordinator", by=by)
