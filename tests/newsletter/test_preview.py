"""What each reader would get, and what they got once it is sent."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mailing.models import Letter
from newsletter.audience import Audience
from newsletter.models import DiaryEntry, Issue, Subscriber
from tests.newsletter.factories import (
    make_entry,
    make_issue,
    make_subscriber,
    make_subscribers,
)

pytestmark = pytest.mark.django_db


def test_a_test_goes_to_the_coordinator_alone_with_impersonal_links(
    coordinator_client, coordinator, issue, desk, subscriber
):
    coordinator_client.post(f"{desk}prov/", {"language": "en"})
    letter = Letter.objects.get()
    assert (letter.to, letter.language) == (coordinator.email, "en")
    tested = issue.events.newest_first()[0]
    assert (tested.verb, tested.actor) == ("tested", coordinator)
    assert letter.subject == f"Test: {issue.subject_en}"
    for part in (letter.text, letter.html):
        assert "recipient.invalid" not in part
        assert subscriber.token not in part
        assert "Första mötet" in part
    issue.refresh_from_db()
    assert (issue.state, issue.deliveries.count()) == ("draft", 0)


def test_the_preview_shows_what_each_group_gets(coordinator_client, lab, other_lab, safety):
    make_entry("Härifrån", lab=lab)
    make_entry("Därifrån", lab=other_lab, areas=[safety])
    make_subscribers(2)
    make_subscriber("labbet@example.org", labs=[lab], language="en")
    issue = make_issue()
    preview = f"/nyhetsbrev/utskick/{issue.pk}/forhandsvisning/"
    variants = coordinator_client.get(preview).context["variants"]
    assert [(len(each.items), each.language, each.count) for each in variants] == [(2, "sv", 2), (1, "en", 1)]
    narrow = coordinator_client.get(f"{preview}mejl/?language=en&items={variants[1].key}")
    page = narrow.content.decode()
    assert ("Härifrån" in page, "Därifrån" in page, "From the diary" in page) == (True, False, True)
    policy = narrow["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert narrow["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in coordinator_client.get(preview)["Content-Security-Policy"]


def test_the_preview_names_some_of_those_who_get_a_version(coordinator_client, lab, other_lab):
    make_entry("Om jobb", lab=lab)
    make_entry("Om allt")
    make_subscribers(22)
    make_subscriber("granne@example.org", labs=[other_lab])
    issue = make_issue()
    preview = f"/nyhetsbrev/utskick/{issue.pk}/forhandsvisning/"
    largest, smallest = coordinator_client.get(preview).context["variants"]
    page = coordinator_client.get(f"{preview}?language=sv&items={largest.key}")
    assert [str(each) for each in page.context["some"]] == [f"lasare{number}@example.org" for number in range(20)]
    assert "Det här är de första av dem." in page.content.decode()
    page = coordinator_client.get(f"{preview}?language=sv&items={smallest.key}")
    assert [str(each) for each in page.context["some"]] == ["granne@example.org"]
    assert "Det här är de första av dem." not in page.content.decode()
    assert coordinator_client.get(f"{preview}?language=en&items={smallest.key}").context["some"] == []


@pytest.fixture
def sent(coordinator, lab, other_lab, mailoutbox, django_capture_on_commit_callbacks) -> Issue:
    """Sent to two readers who get both entries, and in English to one who gets the first."""
    make_entry("Härifrån", lab=lab)
    make_entry("Därifrån", lab=other_lab)
    make_subscribers(2)
    make_subscriber("labbet@example.org", labs=[lab], language="en")
    issue = make_issue()
    with django_capture_on_commit_callbacks(execute=True):
        issue.send(by=coordinator, audience=3)
    return issue


def test_once_it_is_sent_the_preview_shows_what_was_sent(coordinator_client, coordinator, sent):
    """Whatever has become of the entries and of the readers since."""
    entry = DiaryEntry.objects.get(title="Härifrån")
    entry.withdraw(by=coordinator)
    DiaryEntry.objects.update(title="Ett annat ord")
    Subscriber.objects.get(email="lasare0@example.org").leave()
    make_subscriber("ny@example.org")
    preview = f"/nyhetsbrev/utskick/{sent.pk}/forhandsvisning/"
    page = coordinator_client.get(f"{preview}?as=text")
    largest, smallest = page.context["variants"]
    assert [(len(each.items), each.language, each.count) for each in (largest, smallest)] == [
        (2, "sv", 2),
        (1, "en", 1),
    ]
    assert [str(each) for each in page.context["some"]] == ["lasare0@example.org", "lasare1@example.org"]
    letter = page.content.decode().partition("<pre")[2].partition("</pre>")[0]
    assert ("Härifrån" in letter, "Därifrån" in letter, "Ett annat ord" in letter) == (True, True, False)
    mail = coordinator_client.get(f"{preview}mejl/?language=en&items={smallest.key}").content.decode()
    assert ("Härifrån" in mail, "Därifrån" in mail, "From the diary" in mail) == (True, False, True)
    assert mail == sent.variants.get(language="en").html
    assert coordinator_client.get(f"{preview}?language=en").context["key"] == smallest.key


def test_the_preview_asks_as_much_for_three_versions_as_for_one(
    coordinator_client, coordinator, lab, other_lab, django_capture_on_commit_callbacks
):
    def queries() -> int:
        issue = Issue.begin_special(by=coordinator)
        issue.add(*entries, by=coordinator)
        with django_capture_on_commit_callbacks(execute=True):
            issue.send(by=coordinator, audience=Audience(issue).count())
        page = f"/nyhetsbrev/utskick/{issue.pk}/forhandsvisning/"
        coordinator_client.get(page)
        with CaptureQueriesContext(connection) as captured:
            variants.append(len(coordinator_client.get(page).context["variants"]))
        tables = [query["sql"] for query in captured if 'FROM "newsletter_variant"' in query["sql"]]
        assert len(tables) == 2, "One for all of them, one for the words of the one that is shown."
        return len(captured)

    variants: list[int] = []
    entries = [make_entry("Härifrån", lab=lab), make_entry("Därifrån", lab=other_lab)]
    make_subscriber("ett@example.org")
    one = queries()
    make_subscriber("tva@example.org", language="en")
    make_subscriber("tre@example.org", labs=[other_lab])
    assert (queries(), variants) == (one, [1, 3])


def test_who_has_been_erased_is_named_without_a_link(coordinator_client, sent):
    gone = Subscriber.objects.get(email="lasare0@example.org")
    gone.erase()
    page = coordinator_client.get(f"/nyhetsbrev/utskick/{sent.pk}/forhandsvisning/")
    assert gone in page.context["some"]
    assert '<li class="list__item">raderad prenumerant</li>' in page.text
    assert gone.get_absolute_url() not in page.text


def test_once_it_is_sent_there_are_no_other_versions(coordinator_client, sent):
    preview = f"/nyhetsbrev/utskick/{sent.pk}/forhandsvisning/"
    item = sent.items.get(entry__title="Därifrån")
    for page in (preview, f"{preview}mejl/"):
        assert coordinator_client.get(f"{page}?items={item.pk}").status_code == 404
        assert coordinator_client.get(f"{page}?items=x-%00-9999999999999999999").status_code == 404
    assert "Allt som finns i det" not in coordinator_client.get(preview).content.decode()


def test_a_cancelled_issue_is_said_to_go_to_nobody(coordinator_client, coordinator, subscriber, issue, desk):
    issue.cancel(by=coordinator)
    page = coordinator_client.get(f"{desk}forhandsvisning/")
    assert (page.status_code, page.context["variants"], page.context["some"]) == (200, [], [])


def test_the_preview_has_a_form_for_each_way_to_see_it(coordinator_client, subscriber, issue, desk):
    pages = {
        form: coordinator_client.get(f"{desk}forhandsvisning/?as={form}").content.decode()
        for form in ("html", "phone", "text", "source")
    }
    assert [form for form, page in pages.items() if "<iframe" in page] == ["html", "phone"]
    assert "mail-frame--phone" in pages["phone"]
    assert "UR DAGBOKEN" in pages["text"]
    assert "1 prenumerant" in pages["text"]
    source = pages["source"].partition("mail-text--source")[2]
    assert "To: mottagare@example.org" in source
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in source
    assert "/u/EXEMPEL-" in source
    assert [secret for secret in (subscriber.token, subscriber.email, "recipient.invalid") if secret in source] == []


def test_the_preview_writes_nothing(coordinator_client, issue, desk):
    for form in ("html", "source"):
        coordinator_client.get(f"{desk}forhandsvisning/?as={form}")
    assert (Subscriber.objects.count(), Letter.objects.count(), issue.events.count()) == (1, 0, 1)


def test_a_mail_that_gmail_would_cut_off_is_told_about(coordinator_client, issue, desk):
    assert "Gmail" not in coordinator_client.get(f"{desk}forhandsvisning/").content.decode()
    Issue.objects.update(intro="<p>" + "Ord. " * 21000 + "</p>")
    assert "Gmail kortar av" in coordinator_client.get(f"{desk}forhandsvisning/").content.decode()


def test_the_version_that_is_looked_at_is_tested(coordinator_client, lab, other_lab):
    make_entry("Härifrån", lab=lab)
    make_entry("Därifrån", lab=other_lab)
    issue = make_issue()
    desk = f"/nyhetsbrev/utskick/{issue.pk}/"
    item = issue.items.get(entry__title="Härifrån")
    response = coordinator_client.post(f"{desk}prov/", {"language": "sv", "items": f"{item.pk}-x-\x00"})
    assert response["Location"] == f"{desk}forhandsvisning/?language=sv&items={item.pk}"
    letter = Letter.objects.get()
    assert ("Härifrån" in letter.text, "Därifrån" in letter.text) == (True, False)
    coordinator_client.post(f"{desk}prov/", {"language": "sv", "items": "999999"})
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("query", ["as=pdf", "as=%00", "language=tlh", "language=%00"])
def test_a_language_we_do_not_write_is_not_found(coordinator_client, desk, query):
    assert coordinator_client.get(f"{desk}forhandsvisning/?{query}").status_code == 404
    assert coordinator_client.get(f"{desk}forhandsvisning/?items=x-%00-9999999999999999999").status_code == 200
