"""What mails say: those that servers of all kinds send, and those that are made to break the reader."""

import time

import pytest

from newsletter.inbound.reading import HEAD_BYTES, MOST_BYTES, read
from newsletter.inbound.report import Sort
from tests.newsletter.inbound.corpus import MAILS

READ = {
    "postfix-no-such-user": (Sort.BOUNCE, "hard"),
    "postfix-delayed": (Sort.DELAY, ""),
    "postfix-given-up": (Sort.BOUNCE, "soft"),
    "postfix-blocked-as-spam": (Sort.BOUNCE, "other"),
    "exim-unrouteable": (Sort.BOUNCE, "hard"),
    "exim-old-text": (Sort.BOUNCE, "hard"),
    "microsoft-365-no-such-user": (Sort.BOUNCE, "hard"),
    "gmail-over-quota": (Sort.BOUNCE, "soft"),
    "qmail-no-mailbox": (Sort.BOUNCE, "hard"),
    "global-delivery-status": (Sort.BOUNCE, "hard"),
    "forwarded-to-nobody": (Sort.BOUNCE, "hard"),
    "dsn-without-status": (Sort.BOUNCE, "hard"),
    "relayed-on": (Sort.LETTER, ""),
    "out-of-office": (Sort.AUTOMATIC, ""),
    "out-of-office-by-subject": (Sort.AUTOMATIC, ""),
    "vacation": (Sort.AUTOMATIC, ""),
    "complaint": (Sort.COMPLAINT, "complaint"),
    "complaint-redacted": (Sort.COMPLAINT, "complaint"),
    "not-spam": (Sort.LETTER, ""),
    "unsubscribe-by-subject": (Sort.UNSUBSCRIBE, ""),
    "unsubscribe-by-address": (Sort.UNSUBSCRIBE, ""),
    "letter": (Sort.LETTER, ""),
    "letter-in-a-wrong-charset": (Sort.LETTER, ""),
    "broken-mime": (Sort.LETTER, ""),
}


def test_every_mail_of_the_corpus_is_read_here():
    assert {path.stem for path in MAILS.glob("*.eml")} == set(READ)


@pytest.mark.parametrize(("name", "says"), READ.items(), ids=READ)
def test_a_mail_says(mail, name, says):
    report = read(mail(name))
    assert (report.sort, report.kind) == says


@pytest.mark.parametrize(
    "name", ["postfix-no-such-user", "exim-old-text", "microsoft-365-no-such-user", "qmail-no-mailbox"]
)
def test_a_bounce_names_its_recipient_and_gives_the_servers_words(mail, name):
    report = read(mail(name))
    assert report.unreachable == ("lasare@example.org",)
    assert "5.1.1" in report.diagnostic


@pytest.mark.parametrize("name", ["postfix-no-such-user", "exim-unrouteable", "gmail-over-quota", "complaint"])
def test_our_own_mail_is_found_within(mail, delivery, reader, name):
    original = read(mail(name)).original
    assert (original.message_id, original.sent_to, original.token) == (
        delivery.message_id,
        "lasare@example.org",
        reader.token,
    )


def test_the_same_mail_has_the_same_key_whatever_was_put_on_top(mail):
    first = mail("postfix-no-such-user")
    assert read(b"Received: by another way\r\n" + first).key == read(first).key
    assert read(mail("postfix-given-up")).key != read(first).key


def test_lines_may_end_as_on_the_wire(mail):
    for name in ("postfix-no-such-user", "gmail-over-quota", "complaint", "global-delivery-status"):
        raw = mail(name)
        on_the_wire = read(raw.replace(b"\n", b"\r\n"))
        assert (on_the_wire.sort, on_the_wire.kind, on_the_wire.original) == (
            read(raw).sort,
            read(raw).kind,
            read(raw).original,
        )


def test_a_reply_that_a_machine_wrote_is_no_bounce_although_it_speaks_of_one(mail):
    assert b"user unknown" in mail("out-of-office")
    assert read(mail("out-of-office")).sort is Sort.AUTOMATIC


def test_a_report_may_come_from_nobody_instead_of_a_daemon(mail):
    raw = mail("qmail-no-mailbox").replace(b"From: MAILER-DAEMON@mail.example.net", b"From: noreply@mail.example.net")
    assert (read(raw).sort, read(raw).kind) == (Sort.BOUNCE, "hard")
    assert read(raw.replace(b"Return-Path: <>", b"Return-Path: <a@example.org>", 1)).sort is Sort.LETTER


@pytest.mark.parametrize("word", ["Unsubscribe", "SV: unsubscribe", "Re: Fwd: UNSUBSCRIBE", "unsubscribe:"])
def test_the_wish_to_leave_may_have_been_through_a_mail_program(mail, reader, word):
    raw = mail("unsubscribe-by-subject").replace(b"Subject: unsubscribe", f"Subject: {word}".encode())
    assert read(raw).tokens == (reader.token,)


@pytest.mark.parametrize("subject", ["unsubscribe", "unsubscribe me", "please unsubscribe {}", "unsubscribe {} now"])
def test_a_wish_to_leave_needs_the_whole_subject(mail, reader, subject):
    raw = mail("unsubscribe-by-subject")
    raw = raw.replace(b"unsubscribe " + reader.token.encode(), subject.format(reader.token).encode())
    assert read(raw).sort is Sort.LETTER


def nested(depth: int, kind: str) -> bytes:
    if kind == "rfc822":
        return b"Content-Type: message/rfc822\n\n" * depth + b"x"
    return b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)) + b"x"


HOSTILE = {
    "nothing": b"",
    "zeros": b"\x00" * 100_000,
    "noise": bytes(range(256)) * 4_000,
    "one long line": b"Subject: " + b"x" * 3_000_000,
    "many headers": b"X-A: b\n" * 500_000,
    "a deep tree": nested(2_000, "multipart") + b"\nline" * 50_000,
    "a tree just under the limit": nested(40, "multipart") + b"\nline" * 200_000,
    "mails in mails": nested(5_000, "rfc822"),
    "mails in mails under the limit": nested(40, "rfc822"),
    "many recipients": b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\n"
    + b"Final-Recipient: rfc822; a@example.org\nAction: failed\nStatus: 5.1.1\n\n" * 30_000,
    "a wrong boundary": b"Content-Type: multipart/report; boundary=\n\n--\n",
    "a comma a million times": b"To: " + b"," * 1_000_000,
    "brackets": b"To: " + b"(" * 100_000 + b"\nFrom: " + b"<" * 100_000,
    "encoded words": b"Subject: " + b"=?utf-8?q?=00?= " * 50_000,
    "an impossible date": b"Date: Mon, 99 Nov 99999 99:99:99 +9999\n\n",
    "daemon's noise": b"From: MAILER-DAEMON@example.net\n\n" + b"<a@b>: 550\n" * 100_000,
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_no_mail_takes_long_or_breaks_the_reader(raw):
    started = time.thread_time()
    read(raw)
    assert time.thread_time() - started < 5


def test_of_a_large_mail_only_the_beginning_is_read(mail):
    bounce = mail("postfix-no-such-user")
    assert read(bounce + b"x" * MOST_BYTES).kind == "hard"
    large = b"From: a@example.org\nSubject: Hej\n\n" + b"x" * HEAD_BYTES + b"\n"
    assert read(large + b"x" * MOST_BYTES).sort is Sort.LETTER


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Mon, 23 Nov 2026 06:00:14 +0100 (CET)", "2026-11-23T05:00:14+00:00"),
        ("23 Nov 2026 05:00:15 -0000", "2026-11-23T05:00:15+00:00"),
        ("Some day", None),
        ("Mon, 99 Nov 99999 99:99:99 +9999", None),
        ("Fri, 31 Dec 1999 23:59:59 +0000", None),
        ("", None),
    ],
)
def test_a_date_is_a_moment_or_nothing(mail, date, moment):
    found = read(mail("qmail-no-mailbox", date=date)).happened_at
    assert (found.isoformat() if found else None) == moment
