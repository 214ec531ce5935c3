"""What a coordinator decides about mails of which nobody knows whether they arrived."""

import pytest

from newsletter.models import Delivery, Issue, Subscriber
from newsletter.models.uncertainty import NothingUncertain, NumberChanged, SendingIsOver
from newsletter.sending import Drain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(frozen) -> Issue:
    """An issue that is out, with one mail accepted and three uncertain."""
    issue = frozen(4)
    rows = Delivery.objects.begin([row.id for row in Delivery.objects.claim(issue.pk, "one", 10)], "one")
    verdicts = [(row.id, "unknown", "SMTPServerDisconnected: gone") for row in rows]
    verdicts[0] = (rows[0].id, "accepted", "250 Kept")
    Delivery.objects.account(verdicts, "one")
    assert issue.finish()
    return issue


def uncertain(issue: Issue) -> list[int]:
    return list(issue.deliveries.uncertain().order_by("pk").values_list("pk", flat=True))


def latest(issue: Issue) -> tuple[str, object, int]:
    event = issue.events.newest_first()[0]
    return event.verb, event.actor, event.particulars["number"]


def test_uncertain_mails_are_never_sent_again_by_themselves(sent, sink):
    Drain(sent.pk).run()
    Issue.objects.filter(pk=sent.pk).update(state="sending")
    Drain(sent.pk).run()
    assert sink.raw == []
    assert sent.deliveries.counts()["unknown"] == 3


def test_closing_them_leaves_them_uncertain_in_the_books_and_waiting_for_nobody(sent, coordinator):
    assert sent.close_uncertain(by=coordinator) == 3
    assert latest(sent) == ("uncertain_closed", coordinator, 3)
    assert (uncertain(sent), sent.deliveries.counts()["unknown"]) == ([], 3)
    assert set(sent.deliveries.filter(state="unknown").values_list("closed_by", flat=True)) == {coordinator.pk}
    assert sent.state == "sent"


def test_some_can_be_closed_and_the_others_sent_again(sent, coordinator, sink):
    first, second, third = uncertain(sent)
    assert sent.close_uncertain(by=coordinator, only=[first]) == 1
    assert sent.send_uncertain_again(by=coordinator, only=[first, second]) == 1
    assert latest(sent) == ("uncertain_sent_again", coordinator, 1)
    assert uncertain(sent) == [third]
    Drain(sent.pk).run()
    address = Delivery.objects.get(pk=second).subscriber.email
    assert sink.counts == {address: 1}
    sent.refresh_from_db()
    assert (sent.state, sent.deliveries.counts()["unknown"]) == ("sent", 2)


def test_sending_again_opens_the_issue_and_calls_a_worker_and_the_mail_is_the_same_one(sent, coordinator, kicked, sink):
    kicked.clear()
    finished = sent.sent_at
    assert sent.send_uncertain_again(by=coordinator) == 3
    assert (sent.state, kicked) == ("sending", [sent.pk])
    Drain(sent.pk).run()
    sent.refresh_from_db()
    assert (sent.state, sent.sent_at, sent.deliveries.counts()["accepted"]) == ("sent", finished, 4)
    ids = {sink.message(index)["Message-ID"] for index in range(3)}
    assert ids <= {delivery.message_id for delivery in sent.deliveries.all()}
    assert len(ids) == 3


def test_sending_again_in_a_paused_issue_waits_for_it_to_go_on(sent, coordinator):
    Issue.objects.filter(pk=sent.pk).update(state="paused")
    sent.send_uncertain_again(by=coordinator)
    assert sent.state == "paused"
    assert Delivery.objects.claim(sent.pk, "two", 10) == []


def test_who_has_left_meanwhile_is_not_written_to_again(sent, coordinator, sink):
    for reader in Subscriber.objects.all():
        reader.leave()
    sent.send_uncertain_again(by=coordinator)
    Drain(sent.pk).run()
    assert sink.raw == []
    sent.refresh_from_db()
    assert (sent.state, sent.deliveries.counts()["skipped"]) == ("sent", 3)


def test_somebody_may_have_been_faster(sent, coordinator):
    first, *_others = uncertain(sent)
    sent.close_uncertain(by=coordinator)
    for verb in (sent.close_uncertain, sent.send_uncertain_again):
        with pytest.raises(NothingUncertain):
            verb(by=coordinator)
        with pytest.raises(NothingUncertain):
            verb(by=coordinator, only=[first])
    assert sent.state == "sent"


def test_who_said_yes_to_another_number_changes_nothing(sent, coordinator):
    for verb in (sent.close_uncertain, sent.send_uncertain_again):
        with pytest.raises(NumberChanged) as refusal:
            verb(by=coordinator, expected=2)
        assert refusal.value.count == 3
    sent.refresh_from_db()
    assert (sent.state, len(uncertain(sent))) == ("sent", 3)
    assert sent.close_uncertain(by=coordinator, expected=3) == 3


def test_another_issue_s_mails_are_not_touched(sent, coordinator):
    mine = uncertain(sent)
    other = Issue.objects.create(subject="Extra", kind="special")
    for verb in (other.close_uncertain, other.send_uncertain_again):
        with pytest.raises(NothingUncertain):
            verb(by=coordinator, only=mine)
    assert uncertain(sent) == mine


def test_a_cancelled_issue_can_be_closed_and_nothing_of_it_sent_again(sent, coordinator):
    Issue.objects.filter(pk=sent.pk).update(state="cancelled")
    with pytest.raises(SendingIsOver):
        sent.send_uncertain_again(by=coordinator)
    assert len(uncertain(sent)) == 3
    assert sent.close_uncertain(by=coordinator) == 3
