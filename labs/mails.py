"""The e-mails of the labs, one function each."""

from typing import TYPE_CHECKING

from django.utils import translation

from mailing.letters import absolute, post

if TYPE_CHECKING:
    from labs.models import Measurement


def measurement_returned(measurement: "Measurement") -> None:
    """Tell the person who recorded the measurement what the coordinator asks for."""
    recorder = measurement.recorded_by
    if recorder is None or not recorder.is_active:
        return
    with translation.override(recorder.language):
        path = measurement.get_absolute_url()
    post(
        template="labs/mail/returned",
        to=recorder.email,
        language=recorder.language,
        context={
            "name": recorder.name,
            "measurement": measurement,
            "coordinator": measurement.decided_by,
            "url": absolute(path),
        },
    )
