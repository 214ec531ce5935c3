"""Letters as a mail server gets them, byte by byte."""

import pytest

from development.testing.smtp import CollectingServer
from mailing import tasks
from mailing.models import Letter


@pytest.fixture
def server(settings):
    server = CollectingServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield server
    server.stop()


@pytest.fixture
def letter(db) -> Letter:
    return Letter.objects.create(
        to="asa@example.org",
        subject="Välkommen till Södertälje – Åsa & Östen",
        text="Hej Åsa!\n",
        html="<p>Hej <b>Åsa</b>!</p>",
        language="sv",
        headers={"Reply-To": "svar@example.org"},
    )


def test_a_letter_arrives_whole_with_its_swedish_letters(server, letter, settings):
    tasks.send_letter(letter.pk)
    (received,) = server.received
    assert received.recipients == ["asa@example.org"]
    assert received.subject.strip() == letter.subject
    assert received.body().strip() == "Hej Åsa!"
    assert received.body("html").strip() == "<p>Hej <b>Åsa</b>!</p>"
    headers = received.raw.partition(b"\r\n\r\n")[0]
    assert headers.count(b"\r\nMessage-ID: ") == 1
    assert letter.message_id.encode() in headers
    assert b"Auto-Submitted: auto-generated" in headers
    assert headers.isascii()


def test_a_second_attempt_carries_the_same_id(server, letter):
    for _ in range(2):
        letter.deliver()
    first, second = server.received
    assert first.message["Message-ID"] == second.message["Message-ID"] == letter.message_id


def test_a_server_that_is_away_leaves_the_letter_waiting(server, letter, settings):
    # Nobody listens there, and nobody is given it as a free one meanwhile.
    settings.EMAIL_PORT = 1
    tasks.send_letter(letter.pk)
    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED
    assert "ConnectionRefusedError" in letter.last_error
    assert server.received == []
