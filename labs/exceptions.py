from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from workflow import IllegalTransition

if TYPE_CHECKING:
    from labs.models import Measurement


class NotMeasurable(IllegalTransition):
    """A number was reported on a goal that is described in words, or of a kind the goal does not count in."""


class NotQualitative(IllegalTransition):
    """An assessment was made of a goal that is measured, or a step was chosen that its scale does not have."""


class GoalClosed(IllegalTransition):
    """Something was reported on a goal that is closed."""


class PeriodTaken(IllegalTransition):
    """The period already has a measurement; correct that one. `measurement` is the one that stands."""

    def __init__(self, measurement: "Measurement") -> None:
        super().__init__(
            _("There is already a measurement for %(period)s. Open it to correct it.") % {"period": measurement.period}
        )
        self.measurement = measurement


class AlreadyDecided(IllegalTransition):
    """A measurement that is verified, returned or replaced was to be verified or returned."""


class AlreadyCorrected(IllegalTransition):
    """A measurement that has been replaced was to be corrected again."""


class OwnMeasurement(IllegalTransition):
    """Somebody was about to decide on a measurement they recorded themselves."""
