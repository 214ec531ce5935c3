"""A mail over a backend of Django's that is not SMTP: a service's API, or the console."""

from django.core import mail

from newsletter.sending.backend_carrier import BackendCarrier
from newsletter.sending.carrier import carrier
from newsletter.sending.outcome import (
    Accepted,
    Refused,
    Uncertain,
)


class Raising:
    def __init__(self, error: Exception | None = None, taken: int | None = 1) -> None:
        self.error, self.taken = error, taken

    def open(self) -> None:
        pass

    def close(self) -> None:
        raise OSError("it is closed already")

    def send_messages(self, _messages: list[mail.EmailMessage]) -> int | None:
        if self.error:
            raise self.error
        return self.taken


def test_another_backend_gets_the_same_mail(parcel_for):
    line = carrier()
    assert isinstance(line, BackendCarrier)
    line.open()
    parcel = parcel_for()
    assert line.carry(parcel, parcel.content()) == Accepted("")
    line.close()
    (message,) = mail.outbox
    assert message.to == ["lasare@example.org"]
    assert message.extra_headers["Message-ID"] == parcel.message_id
    assert "abcDEF123-_xyz98" in message.extra_headers["List-Unsubscribe"]


def test_a_backend_that_raises_leaves_it_uncertain(parcel_for):
    line = BackendCarrier(Raising(RuntimeError("the service \x00 broke")))
    line.open()
    assert line.carry(parcel_for(), b"") == Uncertain("RuntimeError: the service  broke")
    line.close()


def test_a_backend_that_takes_nothing_has_refused(parcel_for):
    assert BackendCarrier(Raising(taken=0)).carry(parcel_for(), b"") == Refused("")
