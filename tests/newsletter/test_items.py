"""What a coordinator puts into an issue, in which order, and what is proposed."""

import datetime
import threading

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.models import Issue
from newsletter.news import MOST
from tests.conftest import sign_in
from tests.newsletter.factories import make_draft, make_entry, make_frozen, make_issue, make_method

HTMX = {"HX-Request": "true"}


@pytest.fixture
def three(lab) -> Issue:
    """An issue with A, B and C."""
    for title in ("C", "B", "A"):
        make_entry(title, lab=lab)
    return make_issue()


@pytest.fixture
def address(three) -> str:
    return f"/nyhetsbrev/utskick/{three.pk}/innehall/"


def titles(issue: Issue) -> list[str]:
    return [item.title for item in issue.items.with_sources()]


def proposed(client: Client, issue: Issue, query: str = "") -> list[str]:
    page = client.get(f"/nyhetsbrev/utskick/{issue.pk}/?{query}")
    assert page.status_code == 200
    return [proposal.title for proposal in page.context["news"].proposals]


@pytest.mark.django_db
def test_what_has_come_since_the_issue_before_is_proposed_newest_first(coordinator_client, coordinator, lab, three):
    make_entry("Gammalt", published_at=timezone.now() - datetime.timedelta(days=60))
    make_draft("Utkast")
    make_method("Språkkafé", lab=lab, by=coordinator)
    make_entry("Nyss", published_at=timezone.now())
    assert proposed(coordinator_client, three) == ["Nyss", "Språkkafé"]


@pytest.mark.django_db
def test_what_the_next_digest_holds_anyway_is_marked(coordinator_client, three):
    make_entry("Nyss", published_at=timezone.now())
    assert "kommer ändå med nästa gång" in coordinator_client.get(three.get_desk_url()).content.decode()


@pytest.mark.django_db
def test_an_empty_issue_is_not_said_to_hold_all_that_is_new(coordinator_client, coordinator):
    make_frozen("Det förra", [], state="sent")
    issue = Issue.begin_special(by=coordinator)
    page = coordinator_client.get(issue.get_desk_url()).content.decode()
    assert "Inget har publicerats sedan dess. Sök efter det som är äldre." in page
    assert "Allt nytt är redan med" not in page


@pytest.mark.django_db
def test_a_special_issue_is_proposed_what_has_come_since_the_last_one(coordinator_client, coordinator):
    make_entry("Före", published_at=timezone.now() - datetime.timedelta(days=2))
    first = Issue.begin_special(by=coordinator)
    assert proposed(coordinator_client, first) == ["Före"]
    make_frozen("Förra", [])
    make_entry("Efter", published_at=timezone.now())
    assert proposed(coordinator_client, first) == ["Efter"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("words=mmal", ["Gammalt"]),
        ("words=MMALT&since=2010-01-01", ["Gammalt"]),
        ("until=2019-06-30", ["Gammalt"]),
        ("since=2019-06-30&until=2019-06-30", ["Gammalt"]),
        ("since=2019-07-01&until=2019-07-02", []),
        ("words=finns+inte", []),
    ],
)
def test_older_things_are_found_by_words_and_days(coordinator_client, three, query, found):
    make_entry("Gammalt", published_at=timezone.make_aware(datetime.datetime(2019, 6, 30, 23, 30)))  # noqa: DTZ001
    assert proposed(coordinator_client, three, query) == found


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "words=%00",
        "since=snart",
        "since=0001-01-01",
        "until=9999-12-31",
        f"words={'x' * 5000}",
        "since=2030-01-01&until=",
    ],
)
def test_a_search_that_makes_no_sense_shows_a_page(coordinator_client, three, query):
    assert coordinator_client.get(f"/nyhetsbrev/utskick/{three.pk}/?{query}").status_code == 200


@pytest.mark.django_db
def test_no_more_are_proposed_than_can_be_scanned(coordinator_client, three):
    for number in range(MOST + 1):
        make_entry(f"Inlägg {number}")
    news = coordinator_client.get(three.get_desk_url()).context["news"]
    assert (len(news.proposals), news.more) == (MOST, True)


@pytest.mark.django_db
def test_proposals_take_as_many_queries_for_three_as_for_one(coordinator_client, coordinator, lab, three):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            coordinator_client.get(three.get_desk_url())
        return len(captured)

    make_entry("Ny", lab=lab)
    make_method("Språkkafé", lab=lab, by=coordinator)
    queries()
    one = queries()
    for number in range(2):
        make_entry(f"Ny {number}", lab=lab)
        make_method(f"Metod {number}", lab=lab, by=coordinator)
    assert queries() == one


@pytest.mark.django_db
def test_entries_and_reports_are_put_in_with_one_click_or_many(coordinator_client, coordinator, lab, three, address):
    one, two = make_entry("Ett"), make_entry("Två")
    report = make_method("Språkkafé", lab=lab, by=coordinator).published
    coordinator_client.post(address, {"one": f"entry-{one.pk}", "news": [f"entry-{two.pk}"]})
    assert titles(three) == ["A", "B", "C", "Ett"]
    response = coordinator_client.post(f"{address}?words=x", {"news": [f"entry-{two.pk}", f"report-{report.pk}"]})
    assert response["Location"] == f"/nyhetsbrev/utskick/{three.pk}/?words=x#news"
    assert titles(three) == ["A", "B", "C", "Ett", "Språkkafé", "Två"]


@pytest.mark.django_db
def test_a_double_click_puts_in_once(coordinator_client, three, address):
    entry = make_entry("Ett")
    for _click in range(2):
        coordinator_client.post(address, {"one": f"entry-{entry.pk}"})
    assert titles(three) == ["A", "B", "C", "Ett"]
    assert [event.verb for event in three.events.all()].count("changed") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wish",
    [
        {"news": "entry-999999999999999999"},
        {"news": "entry-" + "9" * 400},
        {"news": ["x", "report-1", "entry-\x00", "entry-²"]},
        {"one": ""},
        {"order": ["x", "²", "999999999999999999999", "-1", "\x00"]},
        {"remove": "999999999999999999999"},
        {"up": "²"},
        {"down": "\x00"},
        {"up": "9" * 400},
        {},
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_nonsense_changes_nothing(coordinator_client, three, address, wish, headers):
    assert coordinator_client.post(address, wish, headers=headers).status_code in {200, 302}
    assert titles(three) == ["A", "B", "C"]


@pytest.mark.django_db
def test_what_is_not_published_is_left_out_and_said_so(coordinator_client, three, address):
    draft, entry = make_draft("Utkast"), make_entry("Ett")
    wish = {"news": [f"entry-{draft.pk}", f"entry-{entry.pk}"]}
    page = coordinator_client.post(address, wish, headers=HTMX).content.decode()
    assert "1 nyhet är tillagd. Något av det är inte publicerat längre och kom inte med." in page
    assert titles(three) == ["A", "B", "C", "Ett"]


@pytest.mark.django_db
def test_a_whole_order_is_one_request(coordinator_client, three, address):
    a, b, c = three.items.all()
    wish = {"order": [c.pk, a.pk, b.pk], "moved": c.pk}
    page = coordinator_client.post(address, wish, headers=HTMX).content.decode()
    assert titles(three) == ["C", "A", "B"]
    assert "”C” är nu nummer 1 av 3." in page
    assert "<html" not in page


@pytest.mark.django_db
def test_a_step_leads_back_to_the_item(coordinator_client, three, address):
    a, b, _c = three.items.all()
    response = coordinator_client.post(address, {"up": b.pk})
    assert response["Location"] == f"/nyhetsbrev/utskick/{three.pk}/#item-{b.pk}"
    coordinator_client.post(address, {"up": b.pk})
    assert titles(three) == ["B", "A", "C"]
    coordinator_client.post(address, {"down": a.pk})
    coordinator_client.post(address, {"down": a.pk})
    assert titles(three) == ["B", "C", "A"]


@pytest.mark.django_db
def test_what_somebody_else_took_out_is_said_so(coordinator_client, other_coordinator, three, address):
    a = three.items.all()[0]
    three.take_out(a.pk, by=other_coordinator)
    for wish in ({"up": a.pk}, {"remove": a.pk}, {"order": [a.pk], "moved": a.pk}):
        page = coordinator_client.post(address, wish, headers=HTMX).content.decode()
        assert "Det finns inte kvar i utskicket. Kanske hann någon annan före." in page
    assert titles(three) == ["B", "C"]


@pytest.mark.django_db
@pytest.mark.parametrize("deed", ["one", "order", "remove", "up"])
def test_an_issue_that_is_no_longer_a_draft_is_left_alone(coordinator_client, other_coordinator, three, address, deed):
    entry, item = make_entry("Ett"), three.items.all()[1]
    wish = {deed: f"entry-{entry.pk}" if deed == "one" else item.pk}
    Issue.objects.update(state="scheduled", send_at=timezone.now() + datetime.timedelta(days=1))
    assert coordinator_client.post(address, wish).status_code == 409
    response = coordinator_client.post(address, wish, headers=HTMX)
    assert response.status_code == 409
    assert "Utskicket är inte längre ett utkast." in response.content.decode()
    assert "<html" not in response.content.decode()
    assert "Lägg till" not in response.content.decode()
    assert titles(three) == ["A", "B", "C"]


@pytest.mark.django_db
def test_hostile_titles_are_only_words(coordinator_client, three, address):
    entry = make_entry('<img src=x onerror="alert(1)">')
    page = coordinator_client.post(address, {"one": f"entry-{entry.pk}"}, headers=HTMX).content.decode()
    page += coordinator_client.get(three.get_desk_url()).content.decode()
    moved = coordinator_client.post(address, {"up": three.items.last().pk}, headers=HTMX).content.decode()
    assert "<img src=x" not in page + moved
    assert "&lt;img src=x" in moved


@pytest.mark.django_db
def test_htmx_searches_in_place_and_others_are_led_to_the_desk(coordinator_client, three, address):
    make_entry("Gammalt", published_at=timezone.now() - datetime.timedelta(days=60))
    page = coordinator_client.get(f"{address}?words=mmalt", headers=HTMX).content.decode()
    assert ("Gammalt" in page, "<html" in page) == (True, False)
    response = coordinator_client.get(f"{address}?words=mmalt")
    assert response["Location"] == f"/nyhetsbrev/utskick/{three.pk}/?words=mmalt#news"


@pytest.mark.django_db
def test_what_was_withdrawn_since_is_marked(coordinator_client, coordinator, three):
    three.items.all()[0].entry.withdraw(by=coordinator)
    assert "Inte publicerat längre" in coordinator_client.get(three.get_desk_url()).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_arrange_at_once_lose_nothing(three, address, coordinator, other_coordinator):
    a, b, c = three.items.all()
    new = make_entry("Ny")
    wishes = [
        {"order": [c.pk, b.pk, a.pk]},
        {"order": [b.pk, a.pk, c.pk]},
        {"one": f"entry-{new.pk}"},
        {"remove": b.pk},
    ]
    clients = [sign_in(Client(), who) for who in (coordinator, other_coordinator) * 2]
    start, statuses = threading.Barrier(len(wishes)), []

    def do(client: Client, wish: dict) -> None:
        start.wait()
        try:
            statuses.append(client.post(address, wish).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in zip(clients, wishes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302] * 4
    assert sorted(titles(three)) == ["A", "C", "Ny"]
    assert len({item.position for item in three.items.all()}) == 3
