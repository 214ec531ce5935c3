from collections.abc import Callable
from contextlib import ExitStack

import pytest

from newsletter.models.handling import Begun
from newsletter.sending.bulk import BulkMail
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
            settings.EMAIL_TIMEOUT = 5
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
