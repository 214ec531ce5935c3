"""Opening a connection to the mail server, resting it, and closing it."""

import pytest

from newsletter.sending import carrier as carriers
from newsletter.sending.carrier import SmtpCarrier, carrier
from newsletter.sending.outcome import (
    Accepted,
    LockedOut,
    ServerDown,
)
from tests.newsletter.scripted import HANG_UP, SAY_NOTHING, SILENCE, until


@pytest.mark.parametrize("step", ["hello", "EHLO"])
def test_a_server_that_has_had_enough_at_the_door_is_down(scripted, carry, step):
    scripted(**{step: "421 4.7.0 too many connections"})
    with pytest.raises(ServerDown) as refusal:
        carry()
    assert not isinstance(refusal.value, LockedOut)


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
    settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = True, 2
    with pytest.raises(ServerDown) as refusal:
        carry()
    assert not isinstance(refusal.value, LockedOut)


@pytest.mark.parametrize("trouble", [HANG_UP, SAY_NOTHING])
@pytest.mark.parametrize("step", ["hello", "EHLO"])
def test_a_server_that_does_not_greet_is_down(scripted, carry, settings, trouble, step):
    server = scripted(**{step: trouble})
    settings.EMAIL_TIMEOUT = SILENCE[trouble]
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


def test_smtp_is_spoken_step_by_step_by_ourselves(scripted):
    scripted()
    assert isinstance(carrier(), SmtpCarrier)
