"""The log of a sending: what became of each recipient, as a file for a spreadsheet."""

import csv
import io
import tracemalloc

import pytest
from django.utils import timezone

from newsletter.models import DiaryEntry, Issue
from tests.newsletter.factories import make_frozen, make_subscriber, make_subscribers, make_uncertain
from tests.newsletter.pages import desk_of

pytestmark = pytest.mark.django_db


def log(client, issue: Issue, *, english: bool = False) -> list[list[str]]:
    """The rows of the log, the headings first."""
    address = f"/en/newsletter/issues/{issue.pk}/deliveries/log/" if english else f"{desk_of(issue)}mottagare/logg/"
    content = b"".join(client.get(address).streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    delimiter = "," if english else ";"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_the_log_says_what_became_of_each(coordinator_client, coordinator):
    issue = make_uncertain("Osäkert", 2)
    first = issue.deliveries.order_by("pk")[0]
    issue.close_uncertain(by=coordinator, only=[first.pk])
    heading, one, two = log(coordinator_client, issue)
    assert heading == [
        "E-postadress",
        "Språk",
        "Innehåll",
        "Läge",
        "Försök",
        "När",
        "E-postserverns svar",
        "Message-ID",
    ]
    assert one[:5] == [str(first.subscriber), "Svenska", "I Osäkert", "osäkert, avslutat", "1"]
    assert (two[3], two[6]) == ("osäkert", "Förbindelsen med e-postservern bröts.")
    assert [one[7], two[7]] == [delivery.message_id for delivery in issue.deliveries.order_by("pk")]


def test_the_log_is_in_the_readers_language(coordinator_client):
    issue = make_uncertain()
    heading, row = log(coordinator_client, issue, english=True)
    assert (heading[0], row[1], row[3]) == ("E-mail address", "Swedish", "uncertain")


def test_a_title_that_begins_like_a_formula_is_text(coordinator_client):
    issue = make_uncertain()
    DiaryEntry.objects.update(title="=1+1")
    assert log(coordinator_client, issue)[1][2] == "'=1+1"


def test_an_answer_that_begins_like_a_formula_is_text(coordinator_client, monkeypatch):
    """All answers begin with a code or with words of ours as it is, which is for another part to promise."""
    issue = make_uncertain()
    monkeypatch.setattr("newsletter.delivery_log.told", lambda _words: "=1+1")
    assert log(coordinator_client, issue)[1][6] == "'=1+1"


def test_an_address_that_begins_like_a_formula_is_text(coordinator_client):
    issue = make_frozen("Till alla", [make_subscriber("=cmd@example.org")])
    assert log(coordinator_client, issue)[1][0] == "'=cmd@example.org"


def test_a_longer_log_takes_no_more_memory(coordinator_client, monkeypatch):
    monkeypatch.setattr("newsletter.delivery_log.CHUNK", 100)

    def measure(issue: Issue) -> int:
        """The most bytes that Python held while the file was read."""
        response = coordinator_client.get(f"{desk_of(issue)}mottagare/logg/")
        tracemalloc.start()
        lines = sum(1 for _line in response.streaming_content)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert lines == issue.audience_size + 1
        return peak

    readers = make_subscribers(3000)
    few, many = make_frozen("Få", readers[:300]), make_frozen("Många", readers)
    measure(few)
    assert measure(many) < measure(few) * 1.3


def test_the_file_is_named_after_the_issue(coordinator_client):
    issue = make_uncertain()
    response = coordinator_client.get(f"{desk_of(issue)}mottagare/logg/")
    name = f"utskick-{issue.pk}-{timezone.localdate(issue.frozen_at):%Y-%m-%d}.csv"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
