"""Addresses that come back and say whose mail they are about."""

import re
import time

import pytest

from newsletter.verp import bounce_address, delivery_of, unsubscribe_mailto, unsubscribe_token_of

LARGEST = 2**63 - 1


@pytest.fixture(autouse=True)
def with_verp(settings):
    settings.BOUNCE_ADDRESS = "studs@labb.example.org"
    settings.UNSUBSCRIBE_ADDRESS = "studs@labb.example.org"


@pytest.mark.parametrize("pk", [1, 35, 36, 25_000, 10**12, LARGEST])
def test_an_address_leads_back_to_its_delivery(pk):
    assert delivery_of(bounce_address(pk)) == pk


@pytest.mark.parametrize("local", ["studs", "a.long-name+with.everything-in-it+0123"])
def test_the_longest_address_is_one_that_every_server_takes(settings, local):
    settings.BOUNCE_ADDRESS = f"{local}@labb.example.org"
    address = bounce_address(LARGEST)
    assert len(address.partition("@")[0]) <= 64
    assert re.fullmatch(r"[a-z0-9+.-]+@labb\.example\.org", address)
    assert delivery_of(address) == LARGEST


def test_each_delivery_has_an_address_of_its_own():
    assert len({bounce_address(pk) for pk in range(1, 1001)}) == 1000


@pytest.mark.parametrize(
    "rewritten",
    [
        "<{}>",
        "{upper}",
        "SRS0=Xy1z=AB=labb.example.org={local}@forwarder.example.net",
        "SRS1=Zz9=first.example.net==Xy1z=AB=labb.example.org={local}@second.example.net",
        "prvs=1234abcdef={}",
        "{quoted}",
        "bounces+{quoted}",
        "{local}@relay.example.net",
    ],
)
def test_a_relay_may_rewrite_the_address(rewritten):
    address = bounce_address(4711)
    local = address.partition("@")[0]
    quoted = address.replace("+", "=2B").replace("@", "=40", 1)
    assert delivery_of(rewritten.format(address, upper=address.upper(), local=local, quoted=quoted)) == 4711


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.replace("-", "-0", 1),
        lambda address: re.sub(r"-(.)", lambda found: "-" + ("1" if found[1] == "0" else "0"), address),
        lambda address: address.replace("+", "+1", 1),
        lambda address: address.replace("+", "+0", 1),
        lambda address: address.replace("studs", "annan", 1),
        lambda address: "studs@labb.example.org",
        lambda address: "",
        lambda address: "studs+zzzzzzzzzzzzz-0123456789@labb.example.org",
        lambda address: "studs+-@labb.example.org",
        lambda address: "studs+å-0123456789@labb.example.org\x00",
    ],
)
def test_what_we_have_not_signed_leads_nowhere(change):
    assert delivery_of(change(bounce_address(4711))) is None


def test_a_bounce_is_known_after_the_key_was_changed(settings):
    address, old = bounce_address(4711), settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 10
    assert delivery_of(address) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert delivery_of(address) == 4711


def test_without_a_bounce_address_the_sender_is_the_sites(settings):
    settings.BOUNCE_ADDRESS = ""
    settings.DEFAULT_FROM_EMAIL = "Innovationslabbet <labb@example.org>"
    assert bounce_address(4711) == "labb@example.org"
    assert delivery_of("labb+39b-0123456789@example.org") is None


def test_leaving_by_mail_has_an_exact_short_address(settings):
    assert (
        unsubscribe_mailto("Q3Jx_y-z01234567") == "mailto:studs@labb.example.org?subject=unsubscribe%20Q3Jx_y-z01234567"
    )
    settings.UNSUBSCRIBE_ADDRESS = "av%sluta&nu+x@labb.example.org"
    assert unsubscribe_mailto("Q" * 16) == "mailto:av%25sluta%26nu+x@labb.example.org?subject=unsubscribe%20" + "Q" * 16


def test_the_token_may_stand_behind_the_plus():
    assert unsubscribe_token_of("Studs+Q3Jx_y-z01234567@labb.example.org") == "Q3Jx_y-z01234567"
    assert unsubscribe_token_of("studs@labb.example.org") == ""
    assert unsubscribe_token_of("nagon+Q3Jx_y-z01234567@labb.example.org") == ""


@pytest.mark.parametrize("pk", [1, 40_000_000, LARGEST])
def test_a_bounce_address_is_nobodys_wish_to_leave(pk):
    assert unsubscribe_token_of(bounce_address(pk)) == ""


def test_an_address_costs_microseconds():
    started = time.thread_time()
    for pk in range(10_000):
        bounce_address(pk)
    assert (time.thread_time() - started) / 10_000 < 0.000_1
