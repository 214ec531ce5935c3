"""One mail over one connection: whatever the server says or does, the outcome is what we can know."""

import re
import time

import pytest
from django.core import mail

from newsletter.sending import carrier as carriers
from newsletter.sending.backend_carrier import BackendCarrier
from newsletter.sending.carrier import SmtpCarrier, carrier
from newsletter.sending.outcome import (
    Accepted,
    Deferred,
    LockedOut,
    MailboxFull,
    NotForUs,
    Refused,
    ServerDown,
    TooFast,
    TooFastForDomain,
    Uncertain,
    Unreachable,
)
from tests.newsletter.scripted import HANG_UP, SAY_NOTHING, until

PLAIN = ("SIZE 1000000",)
BOTH = pytest.mark.parametrize("offers", [("PIPELINING",), PLAIN], ids=["pipelining", "step by step"])


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
        time.sleep(0.6)
        return "250 2.0.0 Clean"

    server = scripted(offers=offers, **{".": think})
    settings.EMAIL_TIMEOUT = 0.3
    assert carry() == Accepted("250 2.0.0 Clean")
    server.steps = {"MAIL": lambda _said: time.sleep(0.6) or "250 2.1.0 Ok"}
    assert type(carry()) is Deferred


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
    server.steps["DATA"] = lambda said: "554 5.5.1 No valid recipients" if "borta" in server.heard[-2] else None
    got = carry("borta@example.org")
    said = re.sub(r"\w+@example\.org", "…", answer.replace("550-", "550 ").replace("\r\n550 ", "\n"))
    assert (type(got), got.reply) == (outcome, said)
    assert carry("kvar@example.org") == Accepted("250 2.0.0 Kept")
    assert [recipient for recipient, _content in server.kept] == ["kvar@example.org"]
    assert server.connections == 1


def test_a_server_that_wants_content_without_a_recipient_gets_none(scripted, carry):
    """RFC 2920, 3.1: whoever sent DATA along and is told to go on must end the content, which is empty."""
    server = scripted(RCPT=lambda said: "550 5.1.1 no such user" if "borta" in said else None)
    server.steps["."] = lambda recipient: None if recipient else "554 5.5.1 No valid recipients"
    assert carry("borta@example.org") == Unreachable("550 5.1.1 no such user")
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
    server = scripted(offers=offers, MAIL=answer, RCPT="503 5.5.1 MAIL first", DATA="503 5.5.1 RCPT first")
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


@pytest.mark.parametrize("step", ["hello", "EHLO"])
def test_a_server_that_has_had_enough_at_the_door_is_down(scripted, carry, step):
    scripted(**{step: "421 4.7.0 too many connections"})
    with pytest.raises(ServerDown) as refusal:
        carry()
    assert not isinstance(refusal.value, LockedOut)


@BOTH
@pytest.mark.parametrize("trouble", [HANG_UP, SAY_NOTHING])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_what_breaks_before_the_content_may_be_tried_again(scripted, carry, settings, offers, trouble, step):
    server = scripted(offers=offers, **{step: trouble})
    settings.EMAIL_TIMEOUT = 0.6
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
    settings.EMAIL_TIMEOUT = 0.6
    got = carry()
    assert type(got) is Uncertain
    assert got.reply.startswith("SMTPServerDisconnected: ")
    server.steps.clear()
    assert carry() == Accepted("250 2.0.0 Kept")
    assert server.connections == 2


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


def test_a_wrong_password_locks_us_out(scripted, carry, settings):
    scripted(offers=("AUTH PLAIN",), AUTH="535 5.7.8 Username and password not accepted")
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "site", "wrong"
    with pytest.raises(LockedOut, match=r"^535 5\.7\.8 Username and password not accepted$"):
        carry()


def test_a_server_that_cannot_check_the_password_just_now_is_down(scripted, carry, settings):
    scripted(offers=("AUTH PLAIN",), AUTH="454 4.7.0 Temporary authentication failure")
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "site", "right"
    with pytest.raises(ServerDown, match=r"^454 4\.7\.0 Temporary authentication failure$") as refusal:
        carry()
    assert not isinstance(refusal.value, LockedOut)


def test_a_server_that_knows_no_tls_locks_us_out_before_the_password_is_told(scripted, carry, settings):
    server = scripted(offers=("AUTH PLAIN",))
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = True, "site", "secret"
    with pytest.raises(LockedOut, match="STARTTLS"):
        carry()
    assert server.said("AUTH") == []


@pytest.mark.parametrize("answer", ["454 4.7.0 TLS not available", "220 2.0.0 Go ahead"], ids=["no", "nonsense"])
def test_a_server_whose_tls_does_not_come_up_is_down(scripted, carry, settings, answer):
    scripted(offers=("STARTTLS",), STAR=answer)
    settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = True, 0.5
    with pytest.raises(ServerDown) as refusal:
        carry()
    assert not isinstance(refusal.value, LockedOut)


@pytest.mark.parametrize("trouble", [HANG_UP, SAY_NOTHING])
@pytest.mark.parametrize("step", ["hello", "EHLO"])
def test_a_server_that_does_not_greet_is_down(scripted, carry, settings, trouble, step):
    server = scripted(**{step: trouble})
    settings.EMAIL_TIMEOUT = 0.6
    with pytest.raises(ServerDown):
        carry()
    server.steps.clear()
    assert carry() == Accepted("250 2.0.0 Kept")


def test_a_connection_is_closed_politely_after_so_many_mails(scripted, carry, monkeypatch):
    monkeypatch.setattr(carriers, "MAILS_PER_CONNECTION", 2)
    server = scripted()
    for _ in range(5):
        assert carry().verdict == "accepted"
    assert (server.connections, len(server.said("QUIT"))) == (3, 2)


def test_a_connection_that_was_closed_while_it_rested_costs_no_attempt(scripted, carry, monkeypatch):
    monkeypatch.setattr(carriers, "RESTED", 0.0)
    server = scripted()
    assert carry().verdict == "accepted"
    server.hang_up()
    assert carry().verdict == "accepted"
    assert server.connections == 2


def test_a_server_that_said_goodbye_while_we_rested_is_called_again(scripted, carry, monkeypatch):
    monkeypatch.setattr(carriers, "RESTED", 0.0)
    server = scripted()
    assert carry().verdict == "accepted"
    server.steps["RSET"] = "421 4.4.2 timeout"
    assert carry().verdict == "accepted"
    assert server.connections == 2


def test_closing_says_goodbye_and_leaves_no_connection(scripted, parcel_for):
    server = scripted()
    line = carrier()
    line.open()
    line.close()
    until(lambda: server.said("QUIT"))
    assert line.backend.connection is None


def test_a_sender_whose_domain_has_an_umlaut_is_written_in_ascii(scripted, carry, settings):
    """Otherwise each mail breaks before the first word to the server, and the whole issue is uncertain or failed."""
    settings.DEFAULT_FROM_EMAIL = "Innovationslabbet <labb@räksmörgås.example>"
    server = scripted()
    assert carry() == Accepted("250 2.0.0 Kept")
    assert server.said("MAIL")[0].startswith("MAIL FROM:<labb@xn--rksmrgs-5wao1o.example>")


# --- Other mail backends ---------------------------------------------------------------------------------------------


class Raising:
    def __init__(self, error: Exception | None = None, taken: int | None = 1) -> None:
        self.error, self.taken = error, taken

    def open(self) -> None:
        pass

    def close(self) -> None:
        raise OSError("it is closed already")

    def send_messages(self, _messages: list[mail.EmailMessage]) -> int | None:
        if self.error:
            raise self.error
        return self.taken


def test_another_backend_gets_the_same_mail(parcel_for):
    line = carrier()
    assert isinstance(line, BackendCarrier)
    line.open()
    parcel = parcel_for()
    assert line.carry(parcel, parcel.content()) == Accepted("")
    line.close()
    (message,) = mail.outbox
    assert message.to == ["lasare@example.org"]
    assert message.extra_headers["Message-ID"] == parcel.message_id
    assert "abcDEF123-_xyz98" in message.extra_headers["List-Unsubscribe"]


def test_a_backend_that_raises_leaves_it_uncertain(parcel_for):
    line = BackendCarrier(Raising(RuntimeError("the service \x00 broke")))
    line.open()
    assert line.carry(parcel_for(), b"") == Uncertain("RuntimeError: the service  broke")
    line.close()


def test_a_backend_that_takes_nothing_has_refused(parcel_for):
    assert BackendCarrier(Raising(taken=0)).carry(parcel_for(), b"") == Refused("")


def test_smtp_is_spoken_step_by_step_by_ourselves(scripted):
    scripted()
    assert isinstance(carrier(), SmtpCarrier)
