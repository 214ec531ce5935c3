"""What follows from a mail to us; and that nobody can make it follow for somebody else."""

import datetime
from email.utils import format_datetime

import pytest
from django.utils import timezone

from newsletter.inbound import Result, receive
from newsletter.models import Bounce, Subscriber
from newsletter.verp import bounce_address
from tests.newsletter.factories import make_subscriber
from tests.newsletter.inbound.corpus import make_delivery

FOLLOWS = {
    "postfix-no-such-user": (Result.COUNTED, "bounced", ["hard"]),
    "postfix-delayed": (Result.IGNORED, "active", []),
    "postfix-given-up": (Result.COUNTED, "active", ["soft"]),
    "postfix-blocked-as-spam": (Result.COUNTED, "active", ["other"]),
    "exim-unrouteable": (Result.COUNTED, "bounced", ["hard"]),
    "exim-old-text": (Result.COUNTED, "bounced", ["hard"]),
    "microsoft-365-no-such-user": (Result.COUNTED, "bounced", ["hard"]),
    "gmail-over-quota": (Result.COUNTED, "active", ["soft"]),
    "qmail-no-mailbox": (Result.COUNTED, "bounced", ["hard"]),
    "global-delivery-status": (Result.COUNTED, "bounced", ["hard"]),
    "forwarded-to-nobody": (Result.COUNTED, "active", ["soft"]),
    "dsn-without-status": (Result.COUNTED, "bounced", ["hard"]),
    "relayed-on": (Result.FOR_A_PERSON, "active", []),
    "out-of-office": (Result.IGNORED, "active", []),
    "out-of-office-by-subject": (Result.IGNORED, "active", []),
    "vacation": (Result.IGNORED, "active", []),
    "complaint": (Result.COUNTED, "complained", ["complaint"]),
    "complaint-redacted": (Result.COUNTED, "complained", ["complaint"]),
    "not-spam": (Result.FOR_A_PERSON, "active", []),
    "unsubscribe-by-subject": (Result.LEFT, "unsubscribed", []),
    "unsubscribe-by-address": (Result.LEFT, "unsubscribed", []),
    "letter": (Result.FOR_A_PERSON, "active", []),
    "letter-in-a-wrong-charset": (Result.FOR_A_PERSON, "active", []),
    "broken-mime": (Result.FOR_A_PERSON, "active", []),
}


@pytest.fixture(autouse=True)
def long_since_confirmed(delivery):
    Subscriber.objects.update(confirmed_at=timezone.now() - datetime.timedelta(days=300))


def state(subscriber) -> tuple[str, list[str]]:
    subscriber.refresh_from_db()
    return subscriber.state, [bounce.kind for bounce in subscriber.bounces.order_by("pk")]


@pytest.mark.parametrize(("name", "outcome"), FOLLOWS.items(), ids=FOLLOWS)
def test_what_follows_from_a_mail(mail, reader, name, outcome):
    assert (receive(mail(name)), *state(reader)) == outcome


@pytest.mark.parametrize("name", [name for name, (result, *_rest) in FOLLOWS.items() if result is Result.COUNTED])
def test_a_mail_that_comes_twice_counts_once(mail, reader, name):
    same = mail(name)
    receive(same)
    before = state(reader)
    assert receive(b"Received: once more\n" + same) is Result.KNOWN
    assert state(reader) == before


def test_the_bounce_says_what_happened_and_to_which_mail(mail, delivery):
    happened_at = timezone.now().replace(microsecond=0) - datetime.timedelta(hours=1)
    receive(mail("postfix-no-such-user", date=format_datetime(happened_at)))
    bounce = Bounce.objects.get()
    assert (bounce.delivery, bounce.source, bounce.kind) == (delivery, "dsn", "hard")
    assert bounce.diagnostic == "550 5.1.1 <…>: Recipient address rejected: User unknown in virtual mailbox table"
    assert bounce.happened_at == happened_at


@pytest.mark.parametrize("days", [-1, 31, 9000])
def test_a_server_with_a_wrong_clock_is_believed_all_the_same(mail, reader, days):
    date = format_datetime(timezone.now() - datetime.timedelta(days=days))
    assert receive(mail("postfix-no-such-user", date=date)) is Result.COUNTED
    bounce = reader.bounces.get()
    assert (state(reader)[0], bounce.happened_at) == ("bounced", bounce.received_at)


def test_the_envelope_recipient_is_enough(mail, reader, delivery):
    raw = mail("qmail-no-mailbox", verp="undisclosed@labb.example.org", token="x" * 16, message_id="<a@b>")
    assert receive(raw) is Result.FOR_A_PERSON
    assert receive(raw, to=(bounce_address(delivery.pk),)) is Result.COUNTED
    assert state(reader) == ("bounced", ["hard"])


BOUNCES = ["postfix-no-such-user", "exim-unrouteable", "exim-old-text", "microsoft-365-no-such-user", "complaint"]


@pytest.mark.parametrize("name", BOUNCES)
@pytest.mark.parametrize("verp", ["studs@labb.example.org", "studs+1-0123456789@labb.example.org"])
def test_a_forged_report_cannot_stop_anybodys_mail(mail, reader, name, verp):
    """It names the victim as clearly as a real one does. But nothing in it is from a mail that the victim has got."""
    raw = mail(name, verp=verp, token="A" * 16, message_id="<0123456789abcdef0123456789abcdef@example.org>")
    assert b"lasare@example.org" in raw
    assert receive(raw) is Result.FOR_A_PERSON
    assert state(reader) == ("active", [])


@pytest.mark.parametrize("name", BOUNCES)
def test_somebody_elses_mail_proves_nothing_about_the_reader(mail, reader, name):
    """A forger who subscribes has a key, a Message-ID and a bounce address too: they stop only the forger's mail."""
    forger = make_subscriber("forfalskare@example.org", confirmed_at=reader.confirmed_at)
    own = make_delivery(forger)
    receive(mail(name, verp=bounce_address(own.pk), token=forger.token, message_id=own.message_id))
    assert state(reader) == ("active", [])
    receive(mail(name, verp="studs@labb.example.org", token="x" * 16, message_id=own.message_id))
    assert state(reader) == ("active", [])


@pytest.mark.parametrize(
    "name", ["postfix-no-such-user", "exim-unrouteable", "microsoft-365-no-such-user", "complaint"]
)
@pytest.mark.parametrize("proof", ["token", "message_id"])
def test_without_a_bounce_address_our_own_mail_inside_is_the_proof(mail, reader, delivery, name, proof):
    nothing = {"token": "A" * 16, "message_id": "<a@b>"}
    nothing.pop(proof)
    assert receive(mail(name, verp="studs@labb.example.org", **nothing)) is Result.COUNTED
    assert state(reader)[0] in {"bounced", "complained"}
    assert Bounce.objects.get().delivery == (delivery if proof == "message_id" else None)


def test_a_bounce_from_an_address_exchanged_since_is_only_noted(mail, reader):
    raw = mail("postfix-no-such-user")
    Subscriber.objects.update(email="ny@example.org")
    assert receive(raw) is Result.COUNTED
    assert state(reader) == ("active", ["other"])


@pytest.mark.parametrize("name", ["complaint", "complaint-redacted"])
def test_a_complaint_from_an_inbox_that_was_abandoned_stops_the_mail_and_blocks_nobody(mail, reader, delivery, name):
    raw = mail(name)
    reader.move(reader.ask_to_move("ny@example.org"))
    assert receive(raw, to=(bounce_address(delivery.pk),)) is Result.COUNTED
    assert state(reader) == ("unsubscribed", ["complaint"])
    assert reader.events.newest_first()[0].verb == "left_by_complaint"


def test_a_complaint_about_a_mail_to_the_new_address_counts_as_ever(mail, reader):
    reader.move(reader.ask_to_move("ny@example.org"))
    late = make_delivery(reader)
    receive(mail("complaint", verp=bounce_address(late.pk)))
    assert state(reader) == ("complained", ["complaint"])


def test_five_failures_of_a_forwarding_are_too_many(mail, reader):
    for number in range(5):
        delivery = make_delivery(reader, days_ago=number * 7)
        raw = mail("forwarded-to-nobody", verp=bounce_address(delivery.pk)).replace(b"BWc4@", b"BWc4-%d@" % number)
        assert receive(raw) is Result.COUNTED
    assert state(reader) == ("bounced", ["soft"] * 5)


def test_leaving_by_mail_twice_leaves_once(mail, reader):
    for _ in range(2):
        assert receive(mail("unsubscribe-by-subject")) is Result.LEFT
    assert [(event.verb, event.note) for event in reader.events.all()] == [("left_by_mail", "")]


@pytest.mark.parametrize("name", ["unsubscribe-by-subject", "unsubscribe-by-address"])
def test_leaving_by_mail_needs_the_key(mail, reader, name):
    """The sender's address is no key: anybody can write it."""
    assert b"From: lasare@example.org" in mail(name)
    for token in ("A" * 16, reader.token[:-1] + ("A" if reader.token[-1] != "A" else "B"), reader.token.swapcase()):
        assert receive(mail(name, token=token)) is Result.FOR_A_PERSON
    assert state(reader) == ("active", [])


def test_a_reply_that_quotes_the_key_in_its_subject_is_the_owners_wish_whatever_else_it_says(mail, reader):
    raw = mail("unsubscribe-by-subject").replace(b"\n\n", b"\nAuto-Submitted: auto-generated\n\nHej\n", 1)
    assert receive(raw) is Result.LEFT


def test_an_erased_subscriber_leaves_no_new_trace(mail, reader):
    raw = mail("complaint")
    reader.erase()
    assert receive(raw) is Result.KNOWN
    assert Bounce.objects.count() == 0


def test_a_complaint_about_one_who_left_is_remembered(mail, reader):
    reader.leave()
    assert receive(mail("complaint")) is Result.COUNTED
    assert state(reader) == ("complained", ["complaint"])


def test_the_log_names_nobody(mail, reader, caplog):
    with caplog.at_level("DEBUG"):
        for name in FOLLOWS:
            receive(mail(name))
    assert "example" not in caplog.text
    assert reader.token not in caplog.text


def test_a_bounce_costs_few_questions_however_much_was_sent(mail, reader, delivery, django_assert_max_num_queries):
    counts = []
    for number in (1, 30):
        for _ in range(number):
            make_delivery(reader)
        raw = mail("postfix-given-up", verp="-").replace(b"7Sy0@", b"%d@" % number)
        with django_assert_max_num_queries(20) as questions:
            assert receive(raw) is Result.COUNTED
        counts.append(len(questions))
    assert counts[0] == counts[1]
