"""One mail over one connection: whatever the server says or does, the outcome is what we can know."""

import time

import pytest

from newsletter.sending.outcome import (
    Accepted,
    Deferred,
    Uncertain,
    Unreachable,
)
from tests.newsletter.scripted import BOTH, HANG_UP, PLAIN, SAY_NOTHING, SILENCE


@BOTH
def test_a_mail_is_handed_over_and_the_server_s_words_are_kept(scripted, carry, offers):
    server = scripted(offers=offers)
    assert carry() == Accepted("250 2.0.0 Kept")
    assert [recipient for recipient, _content in server.kept] == ["lasare@example.org"]


def test_with_pipelining_three_commands_go_in_one_go(scripted, carry):
    server = scripted()
    carry()
    size = server.heard[1].partition("SIZE=")[2]
    assert server.heard[1:] == [
        f"MAIL FROM:<innovationslabb@example.org> SIZE={size}",
        "RCPT TO:<lasare@example.org>",
        "DATA",
    ]
    assert server.ahead > 0


def test_without_pipelining_each_answer_is_waited_for(scripted, carry):
    server = scripted(offers=PLAIN)
    carry()
    carry()
    assert server.ahead == 0
    assert len(server.kept) == 2


def test_a_server_that_only_knows_helo_gets_its_mail(scripted, carry):
    server = scripted(EHLO="500 5.5.1 What?", HELO="250 scripted")
    assert carry() == Accepted("250 2.0.0 Kept")
    assert server.ahead == 0
    assert "SIZE" not in server.said("MAIL")[0]


def test_the_size_that_is_announced_is_that_of_the_content(scripted, carry, parcel_for):
    server = scripted()
    carry()
    assert server.said("MAIL")[0].endswith(f" SIZE={len(parcel_for().content())}")


@BOTH
def test_answers_in_many_lines_and_many_packets_are_one_answer(scripted, carry, offers):
    many = "250-2.0.0 Kept\r\n250-2.0.0 as 4711\r\n250 2.0.0 and delivered"
    server = scripted(
        offers=offers, in_bits=True, MAIL="250-2.1.0 Well\r\n250 2.1.0 known", DATA="354-Go\r\n354 on", **{".": many}
    )
    assert carry() == Accepted("250 2.0.0 Kept\n2.0.0 as 4711\n2.0.0 and delivered")
    assert carry().verdict == "accepted"
    assert (len(server.kept), server.connections) == (2, 1)


@BOTH
def test_a_server_may_think_longer_about_the_content_than_about_anything_else(scripted, carry, settings, offers):
    def think(_said: str) -> str:
        time.sleep(2.2)
        return "250 2.0.0 Clean"

    server = scripted(offers=offers, **{".": think})
    settings.EMAIL_TIMEOUT = 2
    assert carry() == Accepted("250 2.0.0 Clean")
    server.steps = {"MAIL": lambda _said: time.sleep(2.2) or "250 2.1.0 Ok"}
    assert type(carry()) is Deferred


def test_a_server_that_wants_content_without_a_recipient_gets_none(scripted, carry):
    """RFC 2920, 3.1: whoever sent DATA along and is told to go on must end the content, which is empty."""
    server = scripted(RCPT=lambda said: "550 5.1.1 no such user" if "borta" in said else None, DATA="354 Go on")
    server.steps["."] = lambda recipient: None if recipient else "554 5.5.1 No valid recipients"
    assert carry("borta@example.org") == Unreachable("550 5.1.1 no such user")
    assert carry("kvar@example.org") == Accepted("250 2.0.0 Kept")
    assert [recipient for recipient, _content in server.kept] == ["kvar@example.org"]
    assert server.connections == 1


@BOTH
@pytest.mark.parametrize("trouble", [HANG_UP, SAY_NOTHING])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_what_breaks_before_the_content_may_be_tried_again(scripted, carry, settings, offers, trouble, step):
    server = scripted(offers=offers, **{step: trouble})
    settings.EMAIL_TIMEOUT = SILENCE[trouble]
    got = carry()
    assert type(got) is Deferred
    assert got.reply.startswith("SMTPServerDisconnected: ")
    server.steps.clear()
    assert carry() == Accepted("250 2.0.0 Kept")
    assert [recipient for recipient, _content in server.kept] == ["lasare@example.org"]


@BOTH
@pytest.mark.parametrize("trouble", [HANG_UP, SAY_NOTHING])
def test_what_breaks_after_the_content_is_uncertain(scripted, carry, settings, offers, trouble):
    server = scripted(offers=offers, **{".": trouble})
    settings.EMAIL_TIMEOUT = SILENCE[trouble]
    got = carry()
    assert type(got) is Uncertain
    assert got.reply.startswith("SMTPServerDisconnected: ")
    server.steps.clear()
    assert carry() == Accepted("250 2.0.0 Kept")
    assert server.connections == 2


def test_a_sender_whose_domain_has_an_umlaut_is_written_in_ascii(scripted, carry, settings):
    """Otherwise each mail breaks before the first word to the server, and the whole issue is uncertain or failed."""
    settings.DEFAULT_FROM_EMAIL = "Innovationslabbet <labb@räksmörgås.example>"
    server = scripted()
    assert carry() == Accepted("250 2.0.0 Kept")
    assert server.said("MAIL")[0].startswith("MAIL FROM:<labb@xn--rksmrgs-5wao1o.example>")
