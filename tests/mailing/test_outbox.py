import datetime
import re
import smtplib
import threading
from unittest import mock

import kombu.exceptions
import pytest
from django.core import mail
from django.db import connection, transaction
from django.template import engines
from django.utils import timezone

from mailing import letters, tasks
from mailing.models import Letter
from mailing.models.letter import BACKOFF, LEASE, RETENTION
from mailing.outbox import deliver, sweep_out


@pytest.fixture
def a_template(settings, tmp_path):
    (tmp_path / "hello.subject.txt").write_text("{% load i18n %}{% translate 'Sign in' %}:\n {{ name }}\n")
    (tmp_path / "hello.txt").write_text(
        "{% extends 'mailing/base.txt' %}{% block content %}Hej {{ name }}!{% endblock %}"
    )
    (tmp_path / "hello.html").write_text(
        "{% extends 'mailing/base.html' %}{% block content %}<h1>Hej {{ name }}!</h1>"
        "{% include 'mailing/_button.html' with url='https://a.example/x?a=1&b=2' label='Öppna' %}{% endblock %}"
    )
    options = {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}
    settings.TEMPLATES = [options]
    assert engines["django"]
    return "hello"


@pytest.fixture
def enqueued():
    with mock.patch.object(tasks.send_letter, "apply_async") as apply_async:
        yield apply_async


def a_letter(**fields) -> Letter:
    return Letter.objects.create(
        **{"to": "anna@example.org", "subject": "Hej", "text": "Hej!\n", "language": "sv", **fields}
    )


def due(**fields) -> Letter:
    return a_letter(due_at=timezone.now() - datetime.timedelta(seconds=1), **fields)


def test_posting_renders_in_the_readers_language_and_enqueues_on_commit(
    db, a_template, enqueued, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        letter = letters.post(template="hello", to="anna@example.org", language="sv", context={"name": "Åsa & Bo"})
        assert enqueued.call_count == 0
    assert enqueued.call_args == mock.call((letter.pk,), retry=False)
    assert letter.subject.endswith(": Åsa & Bo")
    assert "Hej Åsa & Bo!" in letter.text
    assert '<html lang="sv">' in letter.html
    assert "Åsa &amp; Bo" in letter.html


def test_css_is_inlined_and_only_media_queries_stay(db, a_template):
    html = letters.post(template="hello", to="a@example.org", language="sv", context={"name": "Bo"}).html
    assert re.search(r'<a [^>]*class="button"[^>]*style="[^"]*display: inline-block', html)
    assert "prefers-color-scheme: dark" in html
    assert ".sheet { width" not in html


def test_a_rolled_back_deed_leaves_no_letter(transactional_db, a_template, enqueued):
    with transaction.atomic():
        letters.post(template="hello", to="anna@example.org", language="sv", context={"name": "Bo"})
        transaction.set_rollback(True)
    assert Letter.objects.count() == 0
    assert enqueued.call_count == 0


def test_a_broker_that_is_down_does_not_break_the_request_and_the_sweep_sends(
    db, a_template, enqueued, django_capture_on_commit_callbacks
):
    enqueued.side_effect = kombu.exceptions.OperationalError("connection refused")
    with django_capture_on_commit_callbacks(execute=True):
        letter = letters.post(template="hello", to="anna@example.org", language="sv", context={"name": "Bo"})
    assert letter.state == Letter.State.QUEUED
    assert sweep_out() == 0, "a letter has a minute's head start before the sweep takes it"
    Letter.objects.update(due_at=timezone.now())
    tasks.sweep()
    letter.refresh_from_db()
    assert (letter.state, len(mail.outbox)) == (Letter.State.SENT, 1)


def test_a_letter_is_sent_once_however_often_the_task_runs(db):
    letter = a_letter()
    tasks.send_letter(letter.pk)
    tasks.send_letter(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, len(mail.outbox)) == (Letter.State.SENT, 1, 1)
    assert letter.sent_at is not None


def test_a_letter_in_somebody_elses_hands_is_left_alone_until_the_lease_is_over(db):
    letter = a_letter()
    assert Letter.objects.claim(letter.pk) is not None
    deliver(letter.pk)
    assert sweep_out() == 0
    assert mail.outbox == []
    Letter.objects.update(due_at=timezone.now())
    assert sweep_out() == 1
    assert len(mail.outbox) == 1


def test_a_deleted_letter_is_no_trouble(db):
    tasks.send_letter(4711)
    assert mail.outbox == []


@pytest.mark.parametrize("error", [None, TimeoutError("slow"), smtplib.SMTPDataError(554, b"spam")])
def test_a_letter_that_is_deleted_while_it_is_on_its_way_stops_no_other(db, error):
    first = due()
    due(to="second@example.org")

    def gone(message):
        Letter.objects.filter(pk=first.pk).delete()
        if error and message.to == ["anna@example.org"]:
            raise error

    with mock.patch("django.core.mail.EmailMessage.send", gone):
        assert sweep_out() == 2
    assert [(letter.to, letter.state) for letter in Letter.objects.all()] == [("second@example.org", Letter.State.SENT)]


def test_two_sweeps_at_once_mail_each_letter_exactly_once(transactional_db):
    for number in range(12):
        due(to=f"p{number}@example.org")
    barrier = threading.Barrier(3)

    def sweep():
        barrier.wait()
        try:
            sweep_out()
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(f"p{number}@example.org" for number in range(12))
    assert set(Letter.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_a_sweep_steps_past_a_row_that_another_holds(transactional_db):
    held, free = due(to="held@example.org"), due(to="free@example.org")
    locked, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Letter.objects.select_for_update().get(pk=held.pk)
            locked.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    locked.wait(10)
    assert Letter.objects.claim_next() == free
    done.set()
    thread.join()


def test_a_temporary_failure_is_tried_again_later_and_later_and_then_given_up(db):
    letter = a_letter()
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=ConnectionRefusedError("no")):
        for attempt in range(1, len(BACKOFF) + 2):
            Letter.objects.update(due_at=timezone.now())
            before = timezone.now()
            assert sweep_out() == 1
            letter.refresh_from_db()
            assert letter.attempts == attempt
            if attempt <= len(BACKOFF):
                assert letter.state == Letter.State.QUEUED
                assert BACKOFF[attempt - 1] <= letter.due_at - before < BACKOFF[attempt - 1] + LEASE
    assert letter.state == Letter.State.FAILED
    assert letter.last_error == "ConnectionRefusedError: no"
    assert sweep_out() == 0


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"anna@example.org": (550, b"no such user")}), Letter.State.FAILED),
        (smtplib.SMTPRecipientsRefused({"anna@example.org": (450, b"greylisted")}), Letter.State.QUEUED),
        (smtplib.SMTPDataError(554, b"spam"), Letter.State.FAILED),
        (smtplib.SMTPDataError(451, b"try later"), Letter.State.QUEUED),
        (smtplib.SMTPAuthenticationError(535, b"bad password"), Letter.State.QUEUED),
        (TimeoutError("slow"), Letter.State.QUEUED),
    ],
)
def test_a_no_from_the_server_is_final_and_a_not_now_is_not(db, error, state):
    letter = a_letter()
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=error):
        deliver(letter.pk)
    letter.refresh_from_db()
    assert letter.state == state
    assert letter.last_error.startswith(type(error).__name__)


def test_one_bad_letter_does_not_stop_the_others(db):
    bad = due(headers={"Reply-To": "x@example.org\nBcc: y@example.org"})
    due(to="good@example.org")
    assert sweep_out() == 2
    bad.refresh_from_db()
    assert bad.state == Letter.State.FAILED
    assert [message.to for message in mail.outbox] == [["good@example.org"]]


def test_the_message_says_that_it_is_automatic_and_keeps_its_id(db, settings):
    settings.DEFAULT_FROM_EMAIL = "Labbet <labb@labb.example.org>"
    letter = a_letter(html="<p>Hej!</p>", headers={"Reply-To": "svar@example.org"})
    raw = letter.as_message().message().as_bytes()
    assert raw == raw.replace(b"\r\n", b"\n")
    assert b"\nAuto-Submitted: auto-generated\n" in raw
    assert b"\nReply-To: svar@example.org\n" in raw
    assert b"\nContent-Language: sv\n" in raw
    assert f"Message-ID: <letter.{letter.uid.hex}@labb.example.org>\n".encode() in raw
    assert b'Content-Type: text/plain; charset="utf-8"' in raw
    assert b'Content-Type: text/html; charset="utf-8"' in raw


def test_old_letters_are_forgotten_but_never_a_waiting_one(db):
    old = timezone.now() - RETENTION - datetime.timedelta(minutes=1)
    a_letter(subject="gammalt", created_at=old, sent_at=old, state=Letter.State.SENT)
    a_letter(subject="misslyckat", created_at=old, state=Letter.State.FAILED)
    a_letter(subject="väntar", created_at=old)
    a_letter(subject="nytt", sent_at=timezone.now(), state=Letter.State.SENT)
    sweep_out()
    assert set(Letter.objects.values_list("subject", flat=True)) == {"väntar", "nytt"}
