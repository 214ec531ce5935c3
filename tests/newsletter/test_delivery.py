"""No recipient twice, none lost, every one accounted for: counted at a real SMTP server."""

import datetime
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from newsletter.models import Delivery, Issue, Subscriber
from newsletter.sending import Drain, IssueFreeze
from newsletter.tasks import drain, kick_unfinished
from tests.newsletter.factories import make_entry, make_issue, make_subscriber, make_subscribers
from tests.newsletter.sending.turns import wait_for_each_other

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held(monkeypatch):
    """Orders do not reach a worker by themselves: the test is the worker."""
    monkeypatch.setattr("newsletter.tasks.enqueue_drain", lambda *call, **kind: True)


def ordered(number: int, coordinator) -> Issue:
    """An issue ordered for so many subscribers."""
    make_entry()
    make_subscribers(number)
    issue = make_issue()
    issue.send(by=coordinator, audience=number)
    return issue


def at_once(deed: Callable[[], object]) -> None:
    """Do it on a thread of its own, as the mail server's may not speak with the database, and wait until it is done."""
    thread = threading.Thread(target=deed)
    thread.start()
    thread.join()


def test_every_subscriber_gets_it_once_and_the_books_say_so(sink, coordinator):
    issue = ordered(12, coordinator)
    issue.refresh_from_db()
    assert sink.counts == Counter({f"lasare{index}@example.org": 1 for index in range(12)})
    assert issue.state == "sent"
    assert issue.audience_size == 12
    assert issue.deliveries.counts() == {
        "pending": 0, "claimed": 0, "submitting": 0, "accepted": 12, "failed": 0, "unknown": 0, "skipped": 0,
    }  # fmt: skip
    assert set(issue.deliveries.values_list("smtp_reply", flat=True)) == {"250 OK kept"}


def test_running_the_task_twice_mails_nobody_twice(sink, coordinator):
    issue = ordered(5, coordinator)
    drain(issue.pk)
    kick_unfinished()
    assert sum(sink.counts.values()) == 5


def test_four_workers_at_once_mail_each_exactly_once(sink, coordinator, held, monkeypatch):
    monkeypatch.setattr("newsletter.sending.plan.BATCH", 3)
    wait_for_each_other(monkeypatch, 2)
    issue = ordered(40, coordinator)
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        try:
            while Drain(issue.pk).run():
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert sink.counts == Counter({f"lasare{index}@example.org": 1 for index in range(40)})
    assert issue.deliveries.values("worker").distinct().count() > 1
    drain(issue.pk)
    issue.refresh_from_db()
    assert issue.state == "sent"
    assert issue.variants.count() == 1


def test_two_claims_at_the_same_moment_share_no_row_and_do_not_wait(coordinator, held):
    issue = ordered(6, coordinator)
    issue.refresh_from_db()
    IssueFreeze(issue).run()
    second: list[int] = []

    def claim() -> None:
        second.extend(Delivery.objects.claim(issue.pk, "second", 3))
        connection.close()

    with transaction.atomic():
        first = Delivery.objects.claim(issue.pk, "first", 3)
        other = threading.Thread(target=claim)
        other.start()
        other.join(timeout=5)
        assert not other.is_alive()
    assert (len(first), len(second), set(first) & set(second)) == (3, 3, set())


def test_freezing_twice_writes_each_recipient_down_once(sink, coordinator, held):
    issue = ordered(3, coordinator)
    Drain(issue.pk).run()
    Issue.objects.filter(pk=issue.pk).update(state="sending")
    Drain(issue.pk).run()
    assert issue.deliveries.count() == 3
    assert sum(sink.counts.values()) == 3


def test_a_worker_that_died_before_handing_over_loses_nothing(sink, coordinator, held):
    issue = ordered(4, coordinator)
    dead = Drain(issue.pk)
    issue.refresh_from_db()
    IssueFreeze(issue).run()
    Delivery.objects.claim(issue.pk, dead.worker, 10)
    assert issue.deliveries.counts()["claimed"] == 4
    Drain(issue.pk).run()
    assert sink.raw == []
    issue.deliveries.update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    Drain(issue.pk).run()
    assert sink.counts == Counter({f"lasare{index}@example.org": 1 for index in range(4)})


def test_a_worker_that_died_while_handing_over_is_never_repeated(sink, coordinator, held):
    issue = ordered(2, coordinator)
    issue.refresh_from_db()
    IssueFreeze(issue).run()
    first, _second = [row.id for row in Delivery.objects.claim(issue.pk, "dead", 2)]
    assert [row.id for row in Delivery.objects.begin([first], "dead")] == [first]
    issue.deliveries.update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    Drain(issue.pk).run()
    drain(issue.pk)
    issue.refresh_from_db()
    assert sum(sink.counts.values()) == 1
    assert Delivery.objects.get(pk=first).state == "unknown"
    assert issue.state == "sent"


def test_a_connection_lost_after_the_content_is_uncertain_and_not_sent_again(sink, coordinator):
    sink.on_data = lambda address: "drop" if address == "lasare1@example.org" else None
    issue = ordered(3, coordinator)
    drain(issue.pk)
    assert sink.counts == Counter({f"lasare{index}@example.org": 1 for index in range(3)})
    states = dict(issue.deliveries.values_list("subscriber__email", "state"))
    assert states == {
        "lasare0@example.org": "accepted",
        "lasare1@example.org": "unknown",
        "lasare2@example.org": "accepted",
    }


def test_not_now_from_the_server_means_later(sink, coordinator):
    sink.on_data = lambda address: "451 4.3.0 later, please"
    issue = ordered(1, coordinator)
    delivery = issue.deliveries.get()
    assert (delivery.state, delivery.attempt, delivery.smtp_reply) == ("pending", 1, "451 4.3.0 later, please")
    assert delivery.not_before > timezone.now() + datetime.timedelta(seconds=30)
    sink.on_data = lambda address: None
    drain(issue.pk)
    assert sink.raw == []
    issue.deliveries.update(not_before=timezone.now())
    drain(issue.pk)
    issue.refresh_from_db()
    assert sink.counts == Counter({"lasare0@example.org": 1})
    assert issue.state == "sent"


def test_after_the_last_attempt_it_has_failed(sink, coordinator, monkeypatch):
    monkeypatch.setattr("newsletter.models.handling.MOST_ATTEMPTS", 1)
    sink.on_data = lambda address: "451 4.3.0 later, please"
    issue = ordered(1, coordinator)
    issue.refresh_from_db()
    assert issue.deliveries.get().state == "failed"
    assert issue.state == "sent"


def test_an_address_that_does_not_exist_fails_and_is_not_written_to_again(sink, coordinator):
    sink.on_rcpt = lambda address: "550 5.1.1 no such user" if address == "lasare0@example.org" else None
    issue = ordered(2, coordinator)
    delivery = issue.deliveries.get(subscriber__email="lasare0@example.org")
    assert (delivery.state, delivery.smtp_reply) == ("failed", "550 5.1.1 no such user")
    assert delivery.subscriber.state == "bounced"
    assert sink.counts == Counter({"lasare1@example.org": 1})


def test_a_no_to_us_does_not_brand_the_reader(sink, coordinator):
    sink.on_rcpt = lambda address: "550 5.7.1 relaying denied"
    issue = ordered(1, coordinator)
    assert issue.deliveries.get().state == "failed"
    assert Subscriber.objects.get().state == "active"


def test_a_server_that_is_down_loses_nothing_and_is_told_of(settings, coordinator):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    issue = ordered(3, coordinator)
    issue.refresh_from_db()
    assert issue.state == "sending"
    assert "Connection refused" in issue.trouble
    assert issue.deliveries.counts()["pending"] == 3
    assert set(issue.deliveries.values_list("attempt", flat=True)) == {0}


def test_trouble_is_over_when_the_server_is_back(sink, settings, coordinator):
    settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    issue = ordered(2, coordinator)
    settings.EMAIL_PORT = port
    issue.deliveries.update(not_before=timezone.now())
    drain(issue.pk)
    issue.refresh_from_db()
    assert (issue.state, issue.trouble) == ("sent", "")
    assert sum(sink.counts.values()) == 2


def test_someone_who_leaves_after_the_freeze_is_skipped(sink, coordinator, held):
    issue = ordered(3, coordinator)
    issue.refresh_from_db()
    IssueFreeze(issue).run()
    Subscriber.objects.get(email="lasare1@example.org").leave()
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert sink.counts == Counter({"lasare0@example.org": 1, "lasare2@example.org": 1})
    assert issue.deliveries.counts()["skipped"] == 1
    assert issue.state == "sent"


def test_someone_erased_after_the_freeze_is_skipped_without_a_trace(sink, coordinator, held):
    issue = ordered(1, coordinator)
    issue.refresh_from_db()
    IssueFreeze(issue).run()
    Subscriber.objects.get().erase()
    Drain(issue.pk).run()
    assert sink.raw == []
    assert issue.deliveries.counts()["skipped"] == 1


def test_a_cancelled_issue_stops_halfway(sink, coordinator, held, settings):
    settings.NEWSLETTER_CONNECTIONS = 2
    issue = ordered(6, coordinator)

    def cancel_after_two(address: str) -> None:
        if len(sink.raw) == 2:
            at_once(lambda: (Issue.objects.get().cancel(by=None), connection.close()))

    sink.on_data = cancel_after_two
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert issue.state == "cancelled"
    # The third was already being handed over when the word came, and so may others have been over other connections.
    assert 3 <= len(sink.raw) <= 2 + settings.NEWSLETTER_CONNECTIONS
    assert issue.deliveries.counts()["skipped"] == 6 - len(sink.raw)


def test_only_those_whose_rhythm_and_state_fit_are_written_down(sink, coordinator):
    make_entry()
    make_subscriber("vecka@example.org")
    make_subscriber("manad@example.org", frequency="monthly")
    make_subscriber("borta@example.org", state="unsubscribed")
    make_subscriber("vantar@example.org", state="pending")
    make_subscriber("paus@example.org", paused_until=timezone.now() + datetime.timedelta(days=1))
    make_issue().send(by=coordinator, audience=1)
    assert sink.counts == Counter({"vecka@example.org": 1})


def test_each_gets_only_what_matches_their_labs_and_areas(sink, coordinator, lab, other_lab, employment, safety):
    make_entry("Om jobb", lab=lab, areas=[employment])
    make_entry("Om trygghet", lab=other_lab, areas=[safety])
    make_entry("Om allt")
    make_subscriber("allt@example.org")
    make_subscriber("labbet@example.org", labs=[lab])
    make_subscriber("trygghet@example.org", areas=[safety])
    make_subscriber("bada@example.org", labs=[lab], areas=[safety], language="en")
    make_issue().send(by=coordinator)
    got = {
        address: [title for title in ("Om jobb", "Om trygghet", "Om allt") if title in body]
        for address, body in (
            (address, sink.message(index).get_body(("plain",)).get_content().partition("\n")[2])
            for index, (address, _content) in enumerate(sink.raw)
        )
    }
    assert got == {
        "allt@example.org": ["Om jobb", "Om trygghet", "Om allt"],
        "labbet@example.org": ["Om jobb", "Om allt"],
        "trygghet@example.org": ["Om trygghet", "Om allt"],
        "bada@example.org": ["Om allt"],
    }


def test_someone_nothing_matches_gets_no_empty_mail(sink, coordinator, lab, other_lab):
    make_entry(lab=lab)
    make_subscriber("ja@example.org")
    make_subscriber("nej@example.org", labs=[other_lab])
    make_issue().send(by=coordinator, audience=1)
    assert sink.counts == Counter({"ja@example.org": 1})


def test_what_was_withdrawn_after_composing_is_not_sent(sink, coordinator):
    make_entry("Stannar")
    gone = make_entry("Försvinner")
    make_subscribers(1)
    issue = make_issue()
    gone.withdraw(by=coordinator)
    issue.send(by=coordinator)
    assert "Försvinner" not in sink.message().get_body(("plain",)).get_content()


def test_a_mail_that_cannot_be_written_stops_the_issue_before_the_first(sink, coordinator, monkeypatch):
    def broken(*_args: object) -> None:
        raise ValueError("no such block")

    monkeypatch.setattr("newsletter.sending.freeze.render", broken)
    issue = ordered(2, coordinator)
    issue.refresh_from_db()
    assert (issue.state, issue.deliveries.count(), sink.raw) == ("draft", 0, [])
    assert issue.events.newest_first()[0].note.startswith("Mejlen gick inte att sätta ihop.")


def test_nothing_is_in_a_transaction_while_the_mail_server_is_spoken_to(sink, coordinator):
    seen = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            )
            seen.append(cursor.fetchone()[0])
        connection.close()

    sink.on_data = lambda address: at_once(look)
    ordered(2, coordinator)
    assert seen == [0, 0]


def test_a_mail_that_cannot_be_put_together_harms_nobody_else(sink, coordinator):
    make_entry()
    make_subscribers(3)
    Subscriber.objects.filter(email="lasare1@example.org").update(email="lasare 1@example.org")
    make_issue().send(by=coordinator, audience=3)
    issue = Issue.objects.get()
    assert sink.counts == Counter({"lasare0@example.org": 1, "lasare2@example.org": 1})
    assert issue.deliveries.get(state="failed").smtp_reply == (
        "ValueError: The address or the token of this subscriber cannot be written in a mail."
    )
    assert issue.state == "sent"


def test_the_message_id_tells_nothing_and_never_changes(coordinator, held):
    issue = ordered(2, coordinator)
    issue.refresh_from_db()
    IssueFreeze(issue).run()
    first, second = issue.deliveries.order_by("pk")
    assert first.message_id == Delivery.objects.get(pk=first.pk).message_id != second.message_id
    assert "lasare" not in first.message_id
