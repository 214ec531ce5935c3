import datetime
import re

import pytest
from django.utils import timezone

from labs.models import Organisation
from newsletter.models import Issue
from tests.newsletter.factories import make_entry, make_frozen, make_issue, make_subscriber

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


def test_an_issue_cancelled_halfway_is_read_by_those_who_have_it_and_listed_nowhere(client, sent):
    Issue.objects.update(state="cancelled")
    assert "Första mötet" in client.get(sent.get_absolute_url()).content.decode()
    assert sent.subject not in client.get("/nyhetsbrev/arkiv/").content.decode()
    sent.deliveries.update(state="skipped")
    assert client.get(sent.get_absolute_url()).status_code == 404


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


def out(subject: str, days: int, *titles: str, missed: str = "", **fields) -> Issue:
    """An issue that went out so many days ago with these entries, and one more for those who had been away."""
    at = timezone.now() - datetime.timedelta(days=days)
    fields = {"kind": "weekly", "period_start": at - datetime.timedelta(days=7), "period_end": at, **fields}
    issue = Issue.objects.create(
        subject=subject, state="sent", frozen_at=at, sent_at=at, audience_size=1, **fields
    )  # fmt: skip
    issue.put_in(entries=[make_entry(title, published_at=at) for title in titles], as_news=True)
    if missed:
        old = make_entry(missed, published_at=at - datetime.timedelta(days=30))
        issue.put_in(entries=[old], as_news=True)
    return issue


def test_what_was_repeated_for_readers_who_had_been_away_is_not_in_the_archive(client, db):
    issue = out("Veckan", 1, "Nytt", missed="Gammalt")
    page = client.get(issue.get_absolute_url()).content.decode()
    assert ("Nytt" in page, "Gammalt" in page) == (True, False)
    assert "1 nyhet" in client.get("/nyhetsbrev/arkiv/").content.decode()


def test_all_that_a_special_issue_holds_is_its_own(client, db, coordinator):
    issue = make_frozen("Extra", [], state="sent")
    issue.put_in(entries=[make_entry("Nyss")], as_news=True)
    assert "Nyss" in client.get(issue.get_absolute_url()).content.decode()
    assert "2 nyheter" in client.get("/nyhetsbrev/arkiv/").content.decode()


def test_an_issue_for_those_who_had_been_away_alone_is_read_by_them(client, db):
    issue = out("Ikapp", 1, missed="Gammalt")
    assert "Gammalt" in client.get(issue.get_absolute_url()).content.decode()
    assert "Ikapp" not in client.get("/nyhetsbrev/arkiv/").content.decode()


def test_from_one_issue_to_the_ones_beside_it(client, db):
    first, second, third = (out(f"Nummer {4 - days}", days, f"Text {days}") for days in (3, 2, 1))
    out("Ikapp", 0, missed="Gammalt")

    def beside(issue: Issue) -> dict[str, str]:
        page = client.get(issue.get_absolute_url()).content.decode()
        return dict(re.findall(r'<a rel="(prev|next)" href="([^"]+)"', page))

    assert beside(first) == {"next": second.get_absolute_url()}
    assert beside(second) == {"prev": first.get_absolute_url(), "next": third.get_absolute_url()}
    assert beside(third) == {"prev": second.get_absolute_url()}


def test_partner_articles_stand_last_under_their_name(client, lab):
    partner = Organisation.objects.create(name="Demobolaget", kind="company")
    at = timezone.now() - datetime.timedelta(days=1)
    issue = out("Veckan", 1)
    texts = [make_entry("Deras", partner=partner, published_at=at), make_entry("Vår", lab=lab, published_at=at)]
    issue.put_in(entries=texts, as_news=True)
    page = client.get(issue.get_absolute_url()).content.decode()
    assert page.index("Vår") < page.index("Partnertexter") < page.index("Deras")
    assert "Partnertext från Demobolaget" in page


def test_the_page_names_itself_and_its_other_language(client, sent, settings):
    page = client.get(sent.get_absolute_url()).content.decode()
    path = sent.get_absolute_url().removeprefix("/nyhetsbrev/arkiv/")
    assert f'<link rel="canonical" href="{settings.SITE_URL}/nyhetsbrev/arkiv/{path}">' in page
    assert f'hreflang="en" href="{settings.SITE_URL}/en/newsletter/archive/{path}"' in page
    assert client.get(f"/en/newsletter/archive/{path}").status_code == 200


def test_the_link_in_a_test_leads_a_coordinator_to_the_preview(coordinator_client, member_client, issue):
    response = coordinator_client.get(issue.get_absolute_url())
    assert (response.status_code, response["Location"]) == (302, f"/nyhetsbrev/utskick/{issue.pk}/forhandsvisning/")
    assert coordinator_client.get("/nyhetsbrev/arkiv/99999-x/", follow=True).status_code == 404
    assert member_client.get(issue.get_absolute_url()).status_code == 404
