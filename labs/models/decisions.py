"""The trait of a measurement that somebody else decides on: verified, returned with a note, corrected."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from labs.exceptions import AlreadyCorrected, AlreadyDecided, OwnMeasurement
from labs.signals import measurement_superseded, measurement_verified
from workflow import locked

AnyMeasurement = Any  # a labs.models.Measurement: the class this trait is a part of

CONTENT = ["value", "numerator", "denominator", "no_value_because", "narrative", "evidence_link"]


class Decidable(models.Model):
    class Meta:
        abstract = True

    def decidable_by(self: AnyMeasurement, user: Any) -> bool:
        """Whether the user may verify or return it now: a coordinator who did not record it."""
        return self.awaits_verification and user.is_coordinator and self.recorded_by_id != user.pk

    def verify(self: AnyMeasurement, *, by: Any) -> None:
        """Vouch for the number. From now on the row is locked.

        Raises AlreadyDecided, and OwnMeasurement when `by` recorded it.
        """
        with locked(self):
            self._decide(self.State.VERIFIED, by=by)
            self.record("verified", by=by)
            measurement_verified.send(sender=type(self), measurement=self, by=by)

    def return_with(self: AnyMeasurement, note: str, *, by: Any) -> None:
        """Send the number back to the lab with a note on what to mend; the recorder gets it by mail too.

        Raises AlreadyDecided, and OwnMeasurement when `by` recorded it.
        """
        from labs import mails

        with locked(self):
            self._decide(self.State.RETURNED, by=by, note=note)
            self.record("returned", by=by, note=note)
            mails.measurement_returned(self)

    def correct(
        self: AnyMeasurement,
        *,
        by: Any,
        value: Decimal | None = None,
        numerator: int | None = None,
        denominator: int | None = None,
        no_value_because: str = "",
        narrative: str = "",
        evidence_link: str = "",
    ) -> AnyMeasurement:
        """Replace this reading of the period by a new row, which waits to be verified. Answers the new row.

        A verified row stays as it was, but no longer counts. Raises AlreadyCorrected when it has been replaced before,
        and NotMeasurable for the wrong kind of number.
        """
        with locked(self):
            self.require_current()
            self.goal.check_kind_of_number(value, denominator)
            self._write(superseded_at=timezone.now())
            replacement = type(self).objects.create(
                goal=self.goal,
                period_start=self.period_start,
                period_end=self.period_end,
                value=value,
                numerator=numerator,
                denominator=denominator,
                no_value_because=no_value_because,
                narrative=narrative,
                evidence_link=evidence_link,
                recorded_by=by,
                supersedes=self,
            )
            self.record("superseded", by=by, replacement=replacement.pk)
            replacement.record("reported", by=by, supersedes=self.pk)
            measurement_superseded.send(sender=type(self), measurement=self, replacement=replacement, by=by)
        return replacement

    def require_current(self: AnyMeasurement) -> None:
        """Raise AlreadyCorrected if the row has been replaced; for pages that ask before they do."""
        if not self.is_current:
            raise AlreadyCorrected(_("This measurement has already been corrected. Open the latest one."))

    def says_the_same_as(self, content: dict[str, Any]) -> bool:
        """Whether a report with this content would repeat this row: somebody pressed the button twice."""
        return all(getattr(self, name) == content.get(name, getattr(self, name)) for name in CONTENT)

    def _decide(self: AnyMeasurement, state: str, *, by: Any, note: str = "") -> None:
        if not self.awaits_verification:
            raise AlreadyDecided(_("Somebody has already decided on this measurement, or it has been corrected."))
        if self.recorded_by_id == by.pk:
            raise OwnMeasurement(_("You recorded this measurement yourself, so somebody else has to check it."))
        self._write(state=state, decided_by=by, decided_at=timezone.now(), note=note)

    def _write(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=list(fields))
