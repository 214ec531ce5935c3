"""The e-mails of the labs, one function each."""

from typing import TYPE_CHECKING

from django.conf import settings

from mailing.letters import post

if TYPE_CHECKING:
    from labs.models import Measurement


def measurement_returned(measurement: "Measurement") -> None:
    """Tell the person who recorded the measurement what the coordinator asks for."""
    recorder = measurement.recorded_by
    if recorder is None or not recorder.is_active:
        return
    post(
        template="labs/mail/returned",
        to=recorder.email,
        language=recorder.language,
        context={
            "name": recorder.name,
            "measurement": measurement,
            "coordinator": measurement.decided_by,
            "url": settings.SITE_URL + measurement.get_absolute_url(),
        },
    )
