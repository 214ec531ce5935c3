import logging
from contextlib import suppress
from typing import Any

from django.core.mail import EmailMultiAlternatives

from newsletter.sending.judging import words_of
from newsletter.sending.outcome import Accepted, Outcome, Refused, ServerDown, Uncertain
from newsletter.sending.parcel import Parcel

logger = logging.getLogger(__name__)


class BackendCarrier:
    """Any other of Django's mail backends: it takes the mail or raises, and tells no more than that."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend

    def open(self) -> None:
        try:
            self.backend.open()
        except Exception as error:
            raise ServerDown(words_of(error)) from error

    def carry(self, parcel: Parcel, content: bytes) -> Outcome:
        message: EmailMultiAlternatives = parcel.message()
        try:
            taken = self.backend.send_messages([message])
        except Exception as error:
            logger.exception("The mail backend failed")
            return Uncertain(words_of(error))
        return Accepted("") if taken else Refused("")

    def close(self) -> None:
        with suppress(Exception):
            self.backend.close()
