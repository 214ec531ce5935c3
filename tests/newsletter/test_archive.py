import pytest
from django.utils import timezone

from newsletter.models import Issue
from tests.newsletter.factories import make_entry, make_issue, make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(entry, subscriber, coordinator, mailoutbox, django_capture_on_commit_callbacks) -> Issue:
    issue = make_issue(intro="<p>Hej alla läsare.</p>", intro_en="<p>Hello all readers.</p>", subject_en="The week")
    with django_capture_on_commit_callbacks(execute=True):
        issue.send(by=coordinator, audience=1)
    issue.refresh_from_db()
    return issue


def test_a_sent_issue_is_in_the_archive(client, sent):
    assert sent.subject in client.get("/nyhetsbrev/arkiv/").content.decode()
    page = client.get(sent.get_absolute_url()).content.decode()
    assert "Hej alla läsare." in page
    assert "Första mötet" in page


def test_it_reads_in_english_too(client, sent):
    page = client.get(f"/en/newsletter/archive/{sent.pk}-x/", follow=True).content.decode()
    assert "Hello all readers." in page
    assert "<h1>The week</h1>" in page
    assert 'lang="sv"><a href="/en/diary/forsta-motet/"' in page


def test_nothing_personal_is_in_it(client, sent, subscriber):
    page = client.get(sent.get_absolute_url()).content.decode()
    assert subscriber.token not in page
    assert "lasare@example.org" not in page
    assert "recipient.invalid" not in page


def test_another_slug_leads_to_the_right_address(client, sent):
    response = client.get(f"/nyhetsbrev/arkiv/{sent.pk}-gammal-rubrik/")
    assert (response.status_code, response["Location"]) == (301, sent.get_absolute_url())


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_an_issue_that_is_not_out_is_not_found(client, issue, state):
    Issue.objects.update(state=state)
    assert client.get(issue.get_absolute_url()).status_code == 404
    assert issue.subject not in client.get("/nyhetsbrev/arkiv/").content.decode()


def test_a_number_that_is_too_large_is_not_found(client, db):
    assert client.get("/nyhetsbrev/arkiv/99999999999999999999-x/").status_code == 404


def test_what_is_withdrawn_later_leaves_the_archive(client, sent, entry, coordinator):
    entry.withdraw(by=coordinator)
    assert "Första mötet" not in client.get(sent.get_absolute_url()).content.decode()


def test_a_longer_archive_takes_no_more_queries(client, sent, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/nyhetsbrev/arkiv/")
        return len(queries)

    few = count()
    for number in range(3):
        Issue.objects.create(
            kind="special", subject=f"Nummer {number}", state="sent",
            sent_at=timezone.now(), frozen_at=timezone.now(), audience_size=0,
        )  # fmt: skip
    assert count() == few


def test_an_empty_archive_says_what_will_be_here(client, db):
    make_entry()
    make_subscriber()
    assert "Inget utskick är skickat än" in client.get("/nyhetsbrev/arkiv/").content.decode()
