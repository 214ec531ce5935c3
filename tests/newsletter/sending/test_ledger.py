"""One worker's books, whatever happens to the worker and whatever others decide meanwhile."""

import datetime
import random
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from newsletter.models import Delivery, Issue, Subscriber
from newsletter.sending.judging import said
from newsletter.sending.ledger import Ledger
from newsletter.sending.outcome import Accepted, Deferred, Refused, Uncertain
from newsletter.tasks import kick_unfinished
from tests.newsletter.factories import make_subscriber
from tests.newsletter.sending.books import at, state_of

pytestmark = pytest.mark.django_db(transaction=True)

# --- Claiming --------------------------------------------------------------------------------------------------------


def test_domains_that_have_had_their_share_are_left_out_of_the_claim(frozen):
    make_subscriber("anna@Annan.Example.net")
    make_subscriber("bo@tredje.example.net")
    issue = frozen(3)
    books = Ledger(issue.pk, "one")
    claimed = books.claim(10, but=["example.org", "tredje.example.net"])
    assert [row.domain for row in claimed] == ["annan.example.net"]
    assert sorted(row.domain for row in books.claim(10)) == ["example.org"] * 3 + ["tredje.example.net"]


def test_an_erased_reader_is_claimed_and_not_begun(frozen):
    issue = frozen(1)
    Subscriber.objects.get().erase()
    books = Ledger(issue.pk, "one")
    (row,) = books.claim(10, but=["example.org"])
    assert row.domain == ""
    assert books.begin([row.id]) == []
    assert state_of(row.id) == "skipped"


# --- What others decide meanwhile ------------------------------------------------------------------------------------


def in_a_transaction_meanwhile(issue: Issue, deed) -> None:
    """Do it in a transaction of its own, which is through only after the issue has been cancelled."""
    began, cancelled = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with transaction.atomic():
                deed()
                began.set()
                assert cancelled.wait(10)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert began.wait(10)
    issue.cancel(by=None)
    cancelled.set()
    worker.join()


def test_what_is_given_back_at_the_moment_of_cancelling_does_not_wait_for_ever(frozen):
    issue = frozen(2)
    ids = [row.id for row in Ledger(issue.pk, "one").claim(10)]
    in_a_transaction_meanwhile(issue, lambda: Delivery.objects.let_go(ids, "one"))
    assert issue.deliveries.counts()["pending"] == 2
    # The worker itself, at the end of its turn.
    issue.finish()
    assert issue.deliveries.counts()["skipped"] == 2


def test_the_clock_finds_what_waits_in_a_cancelled_issue(frozen):
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    deferred = [(pk, "deferred", "451 later") for pk in at(books)]
    in_a_transaction_meanwhile(issue, lambda: Delivery.objects.account(deferred, "one"))
    assert issue.deliveries.counts()["pending"] == 2
    kick_unfinished()
    assert issue.deliveries.counts()["skipped"] == 2


@pytest.mark.parametrize("stop", ["pause", "cancel"])
def test_what_a_dead_worker_held_is_sorted_out_though_nobody_works_on_the_issue(frozen, stop):
    issue = frozen(3)
    books = Ledger(issue.pk, "dead")
    begun, _waiting, _another = (row.id for row in books.claim(3))
    books.begin([begun])
    getattr(issue, stop)(by=None)
    lease_runs_out(issue)
    kick_unfinished()
    counts = issue.deliveries.counts()
    assert counts["unknown"] == 1
    assert counts["pending" if stop == "pause" else "skipped"] == 2


def lease_runs_out(issue: Issue) -> None:
    held = issue.deliveries.filter(lease_until__isnull=False)
    held.update(lease_until=timezone.now() - datetime.timedelta(seconds=1))


def taken_for_dead(issue: Issue) -> None:
    """Another worker takes the first for dead, and closes the books."""
    lease_runs_out(issue)
    Delivery.objects.release_expired()
    assert issue.finish()


def test_a_worker_taken_for_dead_that_brings_an_answer_is_believed(frozen):
    issue = frozen(3)
    books = Ledger(issue.pk, "one")
    yes, no, lost = at(books)
    taken_for_dead(issue)
    assert issue.deliveries.counts()["unknown"] == 3
    issue.close_uncertain(by=None, only=[yes])
    books.hear(yes, Accepted("250 Kept"))
    books.hear(no, Refused("550 5.7.1 spam"))
    books.hear(lost, Uncertain("SMTPServerDisconnected: gone"))
    books.flush()
    assert [state_of(pk) for pk in (yes, no, lost)] == ["accepted", "failed", "unknown"]
    assert Delivery.objects.get(pk=yes).closed_at is None
    assert Delivery.objects.get(pk=lost).smtp_reply == "The worker died while handing it over."


def test_a_mail_the_server_did_not_take_opens_books_that_were_closed_too_early(frozen, kicked):
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    first, second = at(books)
    taken_for_dead(issue)
    kicked.clear()
    books.hear(first, Deferred("451 4.3.0 later"))
    books.take_back([second])
    books.flush()
    assert [state_of(first), state_of(second)] == ["pending", "pending"]
    assert issue.finish() is False
    assert (issue.state, kicked) == ("sending", [issue.pk])
    assert issue.events.newest_first()[0].verb == "reopened"


def test_the_clock_opens_books_that_were_closed_too_early(frozen, kicked):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    (pk,) = at(books)
    taken_for_dead(issue)
    books.take_back([pk])
    kick_unfinished()
    issue.refresh_from_db()
    assert issue.state == "sending"
    assert kicked.count(issue.pk) >= 1


def test_the_clock_leaves_closed_books_closed(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    books.hear(*at(books), Accepted("250 Kept"))
    books.flush()
    assert issue.finish()
    kick_unfinished()
    issue.refresh_from_db()
    assert issue.state == "sent"


def test_an_accepted_mail_is_not_sent_again_although_somebody_ordered_it_meanwhile(frozen):
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    first, second = at(books)
    taken_for_dead(issue)
    issue.send_uncertain_again(by=None)
    books.hear(first, Accepted("250 Kept"))
    books.flush()
    assert [row.id for row in Ledger(issue.pk, "two").claim(10)] == [second]
    # Once another has it in hand, that one's answer counts.
    books.hear(second, Accepted("250 Kept"))
    books.flush()
    assert [state_of(first), state_of(second)] == ["accepted", "claimed"]


def test_a_mail_that_was_out_when_the_issue_was_cancelled_is_sent_in_the_books(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    (pk,) = at(books)
    taken_for_dead(issue)
    issue.send_uncertain_again(by=None)
    issue.cancel(by=None)
    assert state_of(pk) == "skipped"
    books.hear(pk, Accepted("250 Kept"))
    books.flush()
    assert state_of(pk) == "accepted"


def test_nothing_is_begun_once_the_issue_is_paused_cancelled_or_the_lease_is_lost(frozen):
    issue = frozen(3)
    books = Ledger(issue.pk, "one")
    first, second, third = (row.id for row in books.claim(3))
    issue.pause(by=None)
    assert books.begin([first]) == []
    assert state_of(first) == "pending"
    issue.resume(by=None)
    Delivery.objects.filter(pk=second).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    assert books.begin([second]) == []
    issue.cancel(by=None)
    assert books.begin([third]) == []
    assert [state_of(pk) for pk in (first, second, third)] == ["skipped", "skipped", "skipped"]


def test_who_leaves_pauses_or_is_erased_between_the_claim_and_the_beginning_is_skipped(frozen):
    issue = frozen(4)
    books = Ledger(issue.pk, "one")
    ids = [row.id for row in books.claim(10)]
    readers = [Delivery.objects.get(pk=pk).subscriber for pk in ids]
    readers[0].leave()
    readers[1].pause(timezone.now() + datetime.timedelta(days=1))
    readers[2].erase()
    assert [row.id for row in books.begin(ids)] == [ids[3]]
    assert [state_of(pk) for pk in ids] == ["skipped", "skipped", "skipped", "submitting"]


def test_the_address_that_counts_is_the_one_at_the_beginning(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    (claimed,) = books.claim(10)
    Subscriber.objects.update(email="ny@example.org", token="NewTokenNewToken")
    (begun,) = books.begin([claimed.id])
    assert (begun.email, begun.token) == ("ny@example.org", "NewTokenNewToken")


def test_who_leaves_after_the_beginning_is_told_apart_from_who_was_skipped(frozen):
    """The mail may be on its way; the books say what became of it."""
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    yes, later = at(books)
    for reader in Subscriber.objects.all():
        reader.leave()
    books.hear(yes, Accepted("250 Kept"))
    books.hear(later, Deferred("451 later"))
    books.flush()
    Delivery.objects.filter(pk=later).update(not_before=timezone.now())
    books.begin([row.id for row in books.claim(10)])
    assert [state_of(yes), state_of(later)] == ["accepted", "skipped"]


def test_taking_back_what_was_never_offered_costs_no_attempt(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    (pk,) = at(books)
    assert Delivery.objects.get(pk=pk).attempt == 1
    books.take_back([pk])
    delivery = Delivery.objects.get(pk=pk)
    assert (delivery.state, delivery.attempt, delivery.lease_until) == ("pending", 0, None)


def test_a_sign_of_life_keeps_the_lease_and_does_not_bring_it_back(frozen, settings):
    issue = frozen(2)
    books = Ledger(issue.pk, "one")
    kept, lost = (row.id for row in books.claim(10))
    before = Delivery.objects.get(pk=kept).lease_until
    Delivery.objects.filter(pk=lost).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    books.tend()
    assert Delivery.objects.get(pk=kept).lease_until > before
    assert Delivery.objects.get(pk=lost).lease_until < timezone.now()
    renewed = Delivery.objects.get(pk=kept).lease_until
    books.tend()
    assert Delivery.objects.get(pk=kept).lease_until == renewed


# --- What the servers say --------------------------------------------------------------------------------------------


def test_a_thousand_odd_answers_can_all_be_written_down(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    (pk,) = at(books)
    dice = random.Random(3)  # noqa: S311
    for _ in range(1_000):
        odd = bytes(dice.choices(range(256), k=400)) + b"\x00\xed\xa0\x80\xff{}%s'\\"
        books.hear(pk, Uncertain(said(550, odd)))
    books.flush()
    for _ in range(100):
        books.hear(pk, Uncertain("".join(map(chr, dice.choices([0, 10, 39, 92, 128, 0xFFFF, 0x1F984], k=400)))))
    books.flush()
    delivery = Delivery.objects.get(pk=pk)
    assert delivery.state == "unknown"
    assert delivery.smtp_reply.startswith("550 ")


def test_later_means_ever_later_and_after_the_last_attempt_it_has_failed(frozen):
    issue = frozen(1)
    books = Ledger(issue.pk, "one")
    waits = []
    for _ in range(12):
        Delivery.objects.update(not_before=timezone.now())
        (pk,) = at(books)
        books.hear(pk, Deferred("451 4.3.0 later"))
        books.flush()
        delivery = Delivery.objects.get(pk=pk)
        waits.append(round((delivery.not_before - delivery.changed_at).total_seconds() / 60))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240]
    assert (delivery.state, delivery.attempt, delivery.smtp_reply) == ("failed", 12, "451 4.3.0 later")
