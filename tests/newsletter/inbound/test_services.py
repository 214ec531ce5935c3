"""What mail services tell us: with the right signature it counts once, without it nothing counts."""

import datetime
import json
import time

import pytest
from django.utils import timezone

from newsletter.models import Bounce
from newsletter.verp import bounce_address
from tests.newsletter.factories import make_subscriber
from tests.newsletter.inbound.services import KEYS, PAYLOADS, mailersend, mailgun, post, sign

SIGNED = {"mailgun": mailgun, "mailersend": mailersend}


@pytest.fixture(autouse=True)
def keys(settings):
    settings.ANYMAIL = dict(KEYS)


def state(subscriber) -> tuple[str, list[str]]:
    """What the subscriber is, and the kinds of bounces noted."""
    subscriber.refresh_from_db()
    return subscriber.state, [bounce.kind for bounce in subscriber.bounces.order_by("pk")]


TOLD = {
    "mailgun-hard": ("bounced", ["hard"]),
    "mailgun-mailbox-full": ("active", ["soft"]),
    "mailgun-gave-up": ("active", ["soft"]),
    "mailgun-temporary": ("active", []),
    "mailgun-blocked": ("active", ["other"]),
    "mailgun-suppressed": ("bounced", ["hard"]),
    "mailgun-suppressed-complaint": ("complained", ["complaint"]),
    "mailgun-complaint": ("complained", ["complaint"]),
    "mailgun-unsubscribed": ("unsubscribed", []),
    "mailgun-delivered": ("active", []),
    "mailersend-hard": ("bounced", ["hard"]),
    "mailersend-soft": ("active", ["soft"]),
    "mailersend-mailbox-full": ("active", ["soft"]),
    "mailersend-complaint": ("complained", ["complaint"]),
    "mailersend-unsubscribed": ("unsubscribed", []),
    "mailersend-delivered": ("active", []),
}


def test_every_payload_is_posted_here():
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(TOLD)


@pytest.mark.parametrize(("name", "outcome"), TOLD.items(), ids=TOLD)
def test_a_signed_event_has_its_consequence(reader, name, outcome):
    service = name.partition("-")[0]
    assert post(service, SIGNED[service](name)) == 200
    assert state(reader) == outcome


@pytest.mark.parametrize("name", ["mailgun-hard", "mailersend-hard"])
def test_an_event_told_twice_counts_once(reader, name):
    service = name.partition("-")[0]
    content = SIGNED[service](name)
    assert [post(service, content) for _ in range(2)] == [200, 200]
    assert state(reader) == ("bounced", ["hard"])
    assert [event.verb for event in reader.events.all()] == ["bounced"]


def test_an_event_that_is_signed_anew_counts_once(reader):
    moment = time.time()
    for token in ("a" * 50, "b" * 50):
        assert post("mailgun", mailgun("mailgun-mailbox-full", id="same-event", token=token, at=moment)) == 200
    assert state(reader) == ("active", ["soft"])


def test_the_bounce_says_what_happened_and_to_which_mail(reader, delivery):
    post("mailgun", mailgun("mailgun-hard", message_id=delivery.message_id, at=time.time() - 60))
    bounce = Bounce.objects.get()
    assert (bounce.source, bounce.delivery, bounce.kind) == ("mailgun", delivery, "hard")
    assert bounce.diagnostic == "5.1.1 <…>: Recipient address rejected: User unknown in local recipient table"
    assert datetime.timedelta(seconds=59) < bounce.received_at - bounce.happened_at < datetime.timedelta(seconds=90)


def test_the_mail_is_known_by_its_envelope_sender_whoever_the_recipient_is_called(reader, delivery):
    envelope = {"sender": bounce_address(delivery.pk).upper(), "transport": "smtp"}
    post("mailgun", mailgun("mailgun-mailbox-full", message_id="annan@example.net", envelope=envelope))
    assert Bounce.objects.get().delivery == delivery


def test_a_mail_to_an_address_exchanged_since_says_nothing_about_the_new_one(reader, delivery):
    reader.email = "ny@example.org"
    reader.save()
    envelope = {"sender": bounce_address(delivery.pk)}
    assert post("mailgun", mailgun("mailgun-hard", envelope=envelope)) == 200
    assert state(reader) == ("active", ["other"])


def test_a_complaint_from_an_address_exchanged_since_stops_the_mail_and_blocks_nobody(reader, delivery):
    reader.move(reader.ask_to_move("ny@example.org"))
    envelope = {"sender": bounce_address(delivery.pk)}
    assert post("mailgun", mailgun("mailgun-complaint", envelope=envelope)) == 200
    assert state(reader) == ("unsubscribed", ["complaint"])


@pytest.mark.parametrize("service", SIGNED)
def test_somebody_we_do_not_know_changes_nothing(reader, service):
    for email in ("okand@example.org", "", "inte en adress", "\\u0000@example.org", "\\ud800@example.org"):
        assert post(service, SIGNED[service](f"{service}-hard", email=email)) == 200
    assert (state(reader), Bounce.objects.count()) == (("active", []), 0)


def test_an_erased_subscriber_leaves_no_new_trace(reader, delivery):
    reader.erase()
    envelope = {"sender": bounce_address(delivery.pk)}
    assert post("mailgun", mailgun("mailgun-complaint", envelope=envelope)) == 200
    assert state(reader) == ("unsubscribed", [])


@pytest.mark.parametrize("service", ["mailgun", "mailersend"])
def test_without_its_key_a_service_is_not_listened_to(settings, reader, service):
    settings.ANYMAIL = {}
    assert post(service, SIGNED[service](f"{service}-hard")) == 404
    assert state(reader) == ("active", [])


@pytest.mark.parametrize("service", ["postmark", "sendgrid", "brevo", "amazon_ses", "okand"])
def test_services_that_we_have_no_key_for_have_no_address(db, service):
    assert post(service, "{}") == 404


def test_a_forged_signature_is_refused(reader):
    content = json.loads(mailgun("mailgun-hard"))
    for signature in ("0" * 64, "", None, 7, "å", ["a"], {"a": 1}):
        content["signature"]["signature"] = signature
        assert post("mailgun", json.dumps(content)) == 400
    for signature in ("0" * 64, "", sign("MAILGUN_WEBHOOK_SIGNING_KEY", mailersend("mailersend-hard"))):
        assert post("mailersend", mailersend("mailersend-hard"), signature=signature) == 400
    assert state(reader) == ("active", [])


def test_a_signature_holds_for_one_content_only(reader):
    overheard = mailgun("mailgun-delivered")
    assert post("mailgun", overheard) == 200
    forged = json.loads(mailgun("mailgun-complaint"))
    forged["signature"] = json.loads(overheard)["signature"]
    assert post("mailgun", json.dumps(forged)) == 400
    content = mailersend("mailersend-delivered")
    signature = sign("MAILERSEND_SIGNING_SECRET", content)
    assert post("mailersend", mailersend("mailersend-complaint"), signature=signature) == 400
    assert state(reader) == ("active", [])


@pytest.mark.parametrize("hours", [25, 24 * 365, -1])
def test_an_old_signature_is_refused_and_so_is_one_from_the_future(reader, hours):
    assert post("mailgun", mailgun("mailgun-hard", at=time.time() - hours * 3600)) == 400
    assert state(reader) == ("active", [])


def test_leaving_at_the_service_is_told_as_such(reader):
    post("mailgun", mailgun("mailgun-unsubscribed"))
    reader.refresh_from_db()
    assert (reader.left_because, reader.events.get().verb) == ("", "left_at_mail_service")


def test_what_happened_over_a_year_ago_is_not_heard_again(reader):
    old = (timezone.now() - datetime.timedelta(days=366)).isoformat()
    reader.__class__.objects.update(confirmed_at=timezone.now() - datetime.timedelta(days=1000))
    assert post("mailersend", mailersend("mailersend-hard", at=old)) == 200
    assert state(reader) == ("active", [])


@pytest.mark.parametrize("name", ["mailersend-unsubscribed", "mailersend-hard", "mailersend-soft"])
def test_who_has_confirmed_since_stays(reader, name):
    before = (reader.confirmed_at - datetime.timedelta(minutes=5)).isoformat()
    assert post("mailersend", mailersend(name, at=before)) == 200
    assert state(reader)[0] == "active"


JUNK = {
    "nothing": "",
    "no JSON": "{",
    "a list": "[]",
    "a number": "7",
    "null": "null",
    "deep": "[" * 100_000,
    "no event": '{"signature": {}}',
    "not text": b"\xff\xfe\x00",
    "text for objects": '{"signature": "a", "event-data": "b", "data": "c"}',
}


@pytest.mark.parametrize("content", JUNK.values(), ids=JUNK)
@pytest.mark.parametrize("service", SIGNED)
def test_nonsense_is_answered_with_400(db, service, content):
    signature = {"signature": "0" * 64} if isinstance(content, bytes) else {}
    assert post(service, content, **signature) == 400


@pytest.mark.parametrize("event", [None, {}, [], "text", {"event": None}, {"event": "failed", "message": []}])
def test_signed_nonsense_does_no_harm(reader, event):
    content = json.loads(mailgun("mailgun-hard"))
    content["event-data"] = event
    assert post("mailgun", json.dumps(content)) in {200, 400}
    content = json.loads(mailersend("mailersend-hard"))
    content["data"] = event
    assert post("mailersend", json.dumps(content)) in {200, 400}
    assert state(reader) == ("active", [])


def test_a_huge_content_is_not_read(db):
    assert post("mailgun", " " * 300_000) == 413


def test_a_form_is_not_an_event(client, db):
    assert (
        client.post("/anymail/mailgun/tracking/", {"token": "a", "timestamp": "1", "signature": "b"}).status_code == 400
    )


def test_looking_at_the_address_does_nothing(client, db):
    assert client.get("/anymail/mailgun/tracking/").status_code == 405


def test_an_event_about_somebody_unknown_costs_one_question(reader, django_assert_num_queries):
    for number in range(3):
        make_subscriber(f"annan{number}@example.org")
    content = mailgun("mailgun-hard", email="okand@example.org")
    with django_assert_num_queries(1):
        assert post("mailgun", content) == 200
