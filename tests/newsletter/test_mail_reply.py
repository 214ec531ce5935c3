import pytest

from newsletter.mail_reply import told
from newsletter.models.handling_sql import DIED


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("", ""),
        ("550 5.1.1 no such user", "550 5.1.1 no such user"),
        ("250 2.0.0 Ok: queued as 4Z", "250 2.0.0 Ok: queued as 4Z"),
        (DIED, "Sändningen avbröts just när mejlet lämnades över."),
        ("SMTPServerDisconnected: Connection unexpectedly closed", "Förbindelsen med e-postservern bröts."),
        ("TimeoutError: timed out", "E-postservern gick inte att nå."),
        ("ConnectionRefusedError: [Errno 111] Connection refused", "E-postservern gick inte att nå."),
        ("gaierror: [Errno -2] Name or service not known", "E-postservern gick inte att nå."),
        ("ValueError: The address or the token", "Mejlet gick inte att sätta ihop för den här adressen."),
        (
            "ModuleNotFoundError: No module named 'no'",
            "Något hos oss gick fel: ModuleNotFoundError: No module named 'no'",
        ),
    ],
)
def test_a_mail_server_is_quoted_and_what_we_noted_ourselves_is_said_in_words(words, read):
    assert told(words) == read
