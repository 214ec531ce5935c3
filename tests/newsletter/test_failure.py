"""What was refused by the mail server is sent again once a person says so; a digest's readers are told by the next."""

import pytest
from django.urls import reverse

from newsletter.models import Issue, Subscriber
from newsletter.models.failure import FailedChanged, NothingFailed
from newsletter.models.uncertainty import SendingIsOver
from tests.newsletter.factories import make_frozen, make_subscribers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def special(kicked) -> Issue:
    """A special issue that is sent: to one reader, refused for two, one of whom has left since."""
    readers = make_subscribers(4)
    issue = make_frozen("Inbjudan", readers, state="sent")
    issue.deliveries.update(state="accepted", attempt=1)
    issue.deliveries.filter(subscriber__in=readers[:3]).update(
        state="failed", attempt=12, smtp_reply="550 Blocked using zen.spamhaus.example"
    )
    readers[2].leave()
    return issue


def failed_page(issue: Issue) -> str:
    return reverse("newsletter:failed", args=[issue.pk])


def test_the_failed_of_a_special_issue_are_put_back_with_all_their_attempts(special, coordinator, kicked):
    assert special.send_failed_again(by=coordinator, expected=2) == 2
    special.refresh_from_db()
    assert (special.state, special.deliveries.counts()["pending"], special.deliveries.counts()["failed"]) == (
        "sending",
        2,
        1,
    )
    assert set(special.deliveries.filter(state="pending").values_list("attempt", "smtp_reply")) == {(0, "")}
    assert special.events.newest_first()[0].verb == "failed_sent_again"
    assert kicked == [special.pk]


def test_another_number_than_was_said_yes_to_changes_nothing(special, coordinator):
    with pytest.raises(FailedChanged) as refusal:
        special.send_failed_again(by=coordinator, expected=3)
    assert refusal.value.count == 2
    assert special.deliveries.counts()["failed"] == 3


def test_a_digest_tells_them_by_the_next_one_and_not_again(frozen, coordinator):
    issue = frozen(2)
    issue.deliveries.update(state="failed")
    with pytest.raises(NothingFailed):
        issue.send_failed_again(by=coordinator, expected=2)


def test_a_cancelled_issue_is_over(special, coordinator):
    Issue.objects.update(state="cancelled")
    with pytest.raises(SendingIsOver):
        special.send_failed_again(by=coordinator, expected=2)


def test_the_page_says_why_and_the_button_sends(coordinator_client, special):
    page = coordinator_client.get(failed_page(special))
    assert page.context["answers"] == [("550 Blocked using zen.spamhaus.example", 2)]
    assert "Skicka igen till 2 mottagare" in page.content.decode()
    response = coordinator_client.post(failed_page(special), {"number": "2"})
    assert (response.status_code, response["Location"]) == (302, special.get_desk_url())
    assert special.deliveries.counts()["pending"] == 2


@pytest.mark.parametrize(("number", "status"), [("3", 409), ("", 400), ("x", 400), ("0", 400)])
def test_a_number_that_is_not_theirs_comes_back_with_the_page(coordinator_client, special, number, status):
    response = coordinator_client.post(failed_page(special), {"number": number})
    assert (response.status_code, response.context["number"]) == (status, 2)
    assert special.deliveries.counts()["failed"] == 3


def test_two_coordinators_send_once(coordinator_client, special):
    coordinator_client.post(failed_page(special), {"number": "2"})
    assert coordinator_client.post(failed_page(special), {"number": "2"}).status_code == 409
    assert special.deliveries.counts()["pending"] == 2


def test_it_is_for_coordinators(client, lead_client, special):
    assert client.get(failed_page(special)).status_code == 302
    assert lead_client.get(failed_page(special)).status_code == 403


def test_the_recipients_page_leads_there_when_anybody_failed(coordinator_client, special):
    recipients = reverse("newsletter:deliveries", args=[special.pk])
    assert failed_page(special) in coordinator_client.get(recipients).content.decode()
    Subscriber.objects.update(state="unsubscribed")
    special.deliveries.filter(state="failed").update(state="accepted")
    assert failed_page(special) not in coordinator_client.get(recipients).content.decode()
