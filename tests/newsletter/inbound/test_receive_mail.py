"""The pipe: a mail server hands over one mail and looks at how the command ends."""

import io
import os
import time
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import OperationalError

from newsletter.inbound import kept
from newsletter.management.commands import receive_mail
from newsletter.models.bounce import KEPT
from newsletter.tasks import forget_bounces
from newsletter.verp import bounce_address


@pytest.fixture
def pipe(monkeypatch):
    """Pipes bytes into the command; returns how it ended and what it said."""

    def pipe(raw: bytes, *arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        said = io.StringIO()
        try:
            call_command("receive_mail", *arguments, stderr=said)
        except SystemExit as end:
            return int(end.code), ""
        return 0, said.getvalue()

    return pipe


def state(subscriber) -> str:
    subscriber.refresh_from_db()
    return subscriber.state


def test_a_bounce_is_counted_and_the_server_is_content(mail, pipe, reader):
    assert pipe(mail("postfix-no-such-user")) == (0, "")
    assert state(reader) == "bounced"
    assert not kept.folder().exists()


def test_the_server_may_tell_the_envelope_recipient(mail, pipe, reader, delivery):
    raw = mail("qmail-no-mailbox", verp="undisclosed@example.org", token="x" * 16, message_id="<a@b>")
    assert pipe(raw, "--recipient", bounce_address(delivery.pk)) == (0, "")
    assert state(reader) == "bounced"


def test_leaving_by_mail(mail, pipe, reader):
    assert pipe(mail("unsubscribe-by-subject")) == (0, "")
    assert state(reader) == "unsubscribed"


def test_a_letter_is_kept_for_a_person(mail, pipe, reader):
    status, said = pipe(mail("letter"))
    (path,) = (kept.folder() / "new").iterdir()
    assert (status, said.strip()) == (0, f"This mail takes a person to read it: {path}")
    assert path.read_bytes() == mail("letter")
    assert path.parent.stat().st_mode & 0o077 == 0


def test_nothing_at_all_is_no_mail_and_no_trouble(pipe, db):
    assert pipe(b"")[0] == 0


def test_a_letter_is_forgotten_after_a_year(mail, pipe, reader):
    pipe(mail("letter"))
    pipe(mail("letter"))
    old, new = sorted((kept.folder() / "new").iterdir())
    past = time.time() - KEPT.total_seconds() - 60
    os.utime(old, (past, past))
    forget_bounces()
    assert list((kept.folder() / "new").iterdir()) == [new]


def test_while_the_database_is_away_the_server_tries_again(mail, pipe, reader, monkeypatch):
    def away(*_arguments: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(receive_mail, "receive", away)
    assert pipe(mail("postfix-no-such-user"))[0] == 75


def test_while_the_disk_is_full_the_server_tries_again(mail, pipe, reader, monkeypatch):
    def full(raw: bytes) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(kept, "keep", full)
    assert pipe(mail("letter"))[0] == 75
