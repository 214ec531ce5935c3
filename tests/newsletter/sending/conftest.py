import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from django.db import connection

from newsletter.models import Issue
from newsletter.models.handling import Begun
from newsletter.sending import Drain
from newsletter.sending.bulk import BulkMail
from newsletter.sending.carrier import carrier
from newsletter.sending.parcel import Parcel
from newsletter.sending.rendering import PREFERENCES, UNSUBSCRIBE, Words
from tests.newsletter.scripted import OFFERS, Script, Scripted

A_TOKEN = "abcDEF123-_xyz98"


@pytest.fixture
def scripted(settings) -> Callable[..., Scripted]:
    """Starts a mail server with a script, and has the site's mail go there."""
    with ExitStack() as stack:

        def start(*, offers: tuple[str, ...] | None = None, in_bits: bool = False, **steps: Script) -> Scripted:
            server = stack.enter_context(Scripted(offers=offers or OFFERS, in_bits=in_bits))
            server.steps.update(steps)
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
            settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
            return server

        yield start


@pytest.fixture
def words() -> Words:
    return Words(
        "sv",
        "Årets första möten",
        f"Hej!\n\n.En punkt först.\nÄndra: {PREFERENCES}\nAvsluta: {UNSUBSCRIBE}\n",
        f'<html><body><p>Hej!</p><a href="{PREFERENCES}">Ändra</a> <a href="{UNSUBSCRIBE}">Avsluta</a></body></html>',
    )


@pytest.fixture
def parcel_for(words) -> Callable[..., Parcel]:
    """A parcel for an address; no database is needed."""
    mail = BulkMail(words)

    def make(address: str = "lasare@example.org", *, token: str = A_TOKEN) -> Parcel:
        return Parcel(Begun(17, 4, 2, address, token), mail, 9)

    return make


@pytest.fixture
def carry(parcel_for):
    """Opens a connection if there is none, and hands over a mail."""
    line = None

    def hand_over(address: str = "lasare@example.org"):
        nonlocal line
        line = line or carrier()
        line.open()
        parcel = parcel_for(address)
        return line.carry(parcel, parcel.content())

    yield hand_over
    if line:
        line.close()


@pytest.fixture
def at_work():
    """Starts a worker on an issue, on a thread of its own; what it returned is in `answers`."""
    workers: list[threading.Thread] = []
    answers: list[bool] = []

    def start(issue: Issue) -> threading.Thread:
        def work() -> None:
            try:
                answers.append(Drain(issue.pk).run())
            finally:
                connection.close()

        workers.append(threading.Thread(target=work))
        workers[-1].start()
        return workers[-1]

    start.answers = answers  # type: ignore[attr-defined]
    yield start
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()
