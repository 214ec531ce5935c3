from contextlib import contextmanager

import pytest
from django.core import mail
from django.test import Client

from tests.accounts.proofs import code_in


@pytest.fixture
def letters(django_capture_on_commit_callbacks):
    """The mail sent inside `with letters() as outbox:`."""

    @contextmanager
    def sent():
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield mail.outbox

    return sent


@pytest.fixture
def ask_code(letters):
    """Ask for a sign-in code on `client` and return it."""

    def ask(client: Client, email: str, **data) -> str:
        with letters() as outbox:
            response = client.post("/konto/logga-in/", {"login": email, **data})
        assert response.status_code == 302
        return code_in(outbox[0])

    return ask
