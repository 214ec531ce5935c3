"""What the mail server's answers mean for one mail, and for those after it."""

import re

import pytest

from newsletter.sending.outcome import (
    Accepted,
    Deferred,
    MailboxFull,
    NotForUs,
    Refused,
    TooFast,
    TooFastForDomain,
    Uncertain,
    Unreachable,
)
from tests.newsletter.scripted import BOTH


@BOTH
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 5.1.1 no such user", Unreachable),
        ("551 5.1.6 has moved", Unreachable),
        ("553 5.1.3 what a name", Unreachable),
        ("550 5.7.1 relaying denied", Refused),
        ("550 relay not permitted", Refused),
        ("550-Please turn on SMTP\r\n550 Authentication in your mail client", Refused),
        ("550 5.1.1 <relay@example.org>: no such user", Unreachable),
        ("550 Unknown user", Unreachable),
        ("550 5.1.8 <labb@example.org>: Sender address rejected: Domain not found", Refused),
        ("550 sender verify failed", Refused),
        ("550 Blocked using zen.spamhaus.example", Refused),
        ("550 SPF check failed", Refused),
        ("550 #5.7.1 your access to this mail system has been rejected", Refused),
        ("554 we do not like you", Refused),
        ("550 5.2.2 over quota", MailboxFull),
        ("552 5.2.2 mailbox full", MailboxFull),
        ("450 4.2.1 greylisted", Deferred),
        ("452 4.2.2 mailbox full just now", Deferred),
    ],
)
def test_a_no_to_the_recipient_is_about_that_recipient_only(scripted, carry, offers, answer, outcome):
    server = scripted(offers=offers, RCPT=lambda said: answer if "borta" in said else None)
    got = carry("borta@example.org")
    said = re.sub(r"\w+@example\.org", "…", answer.replace("550-", "550 ").replace("\r\n550 ", "\n"))
    assert (type(got), got.reply) == (outcome, said)
    assert carry("kvar@example.org") == Accepted("250 2.0.0 Kept")
    assert [recipient for recipient, _content in server.kept] == ["kvar@example.org"]
    assert server.connections == 1


@BOTH
def test_a_yes_in_other_words_is_a_yes(scripted, carry, offers):
    """A code is judged by its first digit (RFC 5321, 4.2.1); a server that had taken the recipient would get a mail
    without content otherwise, once for each attempt."""
    server = scripted(offers=offers, MAIL="252 Well", RCPT="252 2.1.5 Will try", **{".": "251 2.0.0 Passed on"})
    assert carry() == Accepted("251 2.0.0 Passed on")
    assert b"Hej!" in server.kept[0][1]


@BOTH
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("530 5.7.0 Authentication required", NotForUs),
        ("550 5.7.1 you are blocked", NotForUs),
        ("553 5.7.1 not your address", NotForUs),
        ("552 5.3.4 too big", Refused),
        ("451 4.3.0 try later", Deferred),
    ],
)
def test_a_no_to_the_sender_is_about_all_our_mail(scripted, carry, offers, answer, outcome):
    server = scripted(offers=offers, MAIL=answer)
    got = carry()
    assert (type(got), got.reply) == (outcome, answer)
    server.steps.clear()
    assert carry() == Accepted("250 2.0.0 Kept")
    assert (server.connections, len(server.kept)) == (1, 1)


@BOTH
@pytest.mark.parametrize(
    ("step", "outcome"), [("MAIL", TooFast), ("RCPT", TooFastForDomain), ("DATA", TooFast), (".", TooFast)]
)
def test_a_server_that_asks_us_to_slow_down_hangs_up_and_is_called_again(scripted, carry, offers, step, outcome):
    server = scripted(offers=offers, **{step: "421 4.7.0 too much from you"})
    got = carry()
    assert (type(got), got.reply) == (outcome, "421 4.7.0 too much from you")
    server.steps.clear()
    assert carry() == Accepted("250 2.0.0 Kept")
    assert (server.connections, len(server.kept)) == (2, 1)


@BOTH
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("451 4.3.0 later", Deferred),
        ("452 4.3.1 full", Deferred),
        ("454 4.7.0 later", TooFast),
        ("550 5.7.1 spam", Refused),
        ("554 5.6.0 what is this", Refused),
        ("354 go on", Uncertain),
        ("200", Accepted),
        ("Kept, I think", Uncertain),
        ("", Uncertain),
        ("100 wait", Uncertain),
    ],
)
def test_only_a_clear_no_to_the_content_lets_us_try_again(scripted, carry, offers, answer, outcome):
    server = scripted(offers=offers, **{".": answer})
    assert type(carry()) is outcome
    server.steps.clear()
    assert carry() == Accepted("250 2.0.0 Kept")


def test_an_answer_of_odd_bytes_can_be_kept(scripted, carry):
    scripted(**{".": "550 5.7.1 caf\xe9 \x00\x1b[31m \xff\xfe" + "x" * 600})
    reply = carry().reply
    assert len(reply) == 300
    assert reply.startswith("550 5.7.1 caf\ufffd \x1b[31m \ufffd\ufffdxxx")
