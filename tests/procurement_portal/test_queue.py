import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mailing.models import Letter
from procurement_portal.models import Application, Category
from tests.procurement_portal.factories import SOLE_TRADER, make_application
from tests.procurement_portal.spreadsheet import cells_of

pytestmark = pytest.mark.django_db
QUEUE = "/inkopsportalen/ansokningar/"
TICKED = f"{QUEUE}tilldelningar/"
WORKBOOK = f"{QUEUE}kalkylark/"


def companies(client, **query: str) -> list[str]:
    return [application.company for application in client.get(QUEUE, query).context["applications"]]


def age(application: Application, *, days: int) -> Application:
    """Let the coordinators have had the move for so many days."""
    Application.objects.filter(pk=application.pk).update(
        waiting_since=timezone.now() - datetime.timedelta(days=days, minutes=1)
    )
    return application


def test_the_queue_shows_what_waits_with_the_longest_waiting_on_top(coordinator_client, coordinator):
    make_application("submitted", company="Ny")
    age(make_application("under_review", by=coordinator, company="Gammal"), days=3)
    make_application("rejected", by=coordinator, company="Avslagen")
    make_application(company="Obekräftad")
    assert companies(coordinator_client) == ["Gammal", "Ny"]


def test_the_queue_is_narrowed_by_state_and_words(coordinator_client, coordinator):
    rejected = make_application("rejected", by=coordinator, company="Avslagen")
    make_application("submitted", company="Ny")
    assert companies(coordinator_client, state="rejected") == ["Avslagen"]
    assert set(companies(coordinator_client, state="all")) == {"Avslagen", "Ny"}
    for words in ["avsl", rejected.reference, rejected.email, str(rejected.number)]:
        assert companies(coordinator_client, state="all", q=words) == ["Avslagen"]


@pytest.mark.parametrize(
    "query", [{"state": "draft"}, {"state": "\x00"}, {"q": "\x00"}, {"page": "x"}, {"q": "½²"}, {"q": "å" * 5000}]
)
def test_nonsense_in_the_query_shows_the_queue(coordinator_client, submitted, query):
    assert coordinator_client.get(QUEUE, query).status_code == 200


def test_a_sole_traders_number_is_masked_in_the_queue(coordinator_client, db):
    make_application("submitted", organisation_number=SOLE_TRADER)
    text = coordinator_client.get(QUEUE).content.decode()
    assert ("850709-••••" in text, "850709-9805" in text) == (True, False)


def test_the_queue_is_narrowed_by_who_reviews(coordinator_client, coordinator, other_coordinator):
    make_application("under_review", by=coordinator, company="Min")
    make_application("under_review", by=other_coordinator, company="Kollegans")
    make_application("submitted", company="Ingens")
    assert companies(coordinator_client, holder="me") == ["Min"]
    assert companies(coordinator_client, holder="nobody") == ["Ingens"]
    assert companies(coordinator_client, holder="somebody") == ["Min", "Kollegans"]


def test_the_queue_is_narrowed_by_category(coordinator_client):
    make_application("submitted", company="Ljus")
    make_application("submitted", company="Skola", categories=Category.objects.filter(slug__in=["skolstod", "annat"]))
    assert companies(coordinator_client, category="skolstod") == ["Skola"]


def test_the_queue_is_narrowed_by_how_long_it_has_waited(coordinator_client):
    age(make_application("submitted", company="En vecka"), days=7)
    age(make_application("submitted", company="Sex dagar"), days=6)
    age(make_application("submitted", company="En månad"), days=31)
    assert companies(coordinator_client, waited="7") == ["En månad", "En vecka"]
    assert companies(coordinator_client, waited="30") == ["En månad"]


def test_what_the_applicant_has_the_move_in_has_not_waited(coordinator_client, asked):
    assert companies(coordinator_client, state="all", waited="7") == []


def test_the_queue_is_sorted_by_age_by_arrival_or_in_swedish_order(coordinator_client):
    for company, days in [("Ärla", 1), ("Åsa", 3), ("Zeta", 2)]:
        age(make_application("submitted", company=company), days=days)
    assert companies(coordinator_client) == ["Åsa", "Zeta", "Ärla"]
    assert companies(coordinator_client, sort="newest") == ["Zeta", "Åsa", "Ärla"]
    assert companies(coordinator_client, sort="company") == ["Zeta", "Åsa", "Ärla"]


@pytest.mark.parametrize("query", [{"holder": "x"}, {"category": "\x00"}, {"waited": "8"}, {"sort": "-pk"}])
def test_nonsense_in_the_query_is_left_out(coordinator_client, submitted, query):
    assert companies(coordinator_client, **query) == [submitted.company]


def test_the_age_is_said_in_words(coordinator_client):
    age(make_application("submitted"), days=3)
    text = coordinator_client.get(QUEUE).content.decode()
    assert ("3 dagar" in text, "mindre än en dag" in text) == (True, False)


def test_the_queue_shows_what_is_recommended(coordinator_client, under_review, other_coordinator):
    under_review.recommend("approve", by=other_coordinator, because="Bra referenser.")
    assert "Demo Samordnare Två rekommenderar: godkänn" in coordinator_client.get(QUEUE).content.decode()
    under_review.take_back_recommendation(by=other_coordinator)
    assert "rekommenderar" not in coordinator_client.get(QUEUE).content.decode()


def test_the_queue_does_as_many_queries_for_five_as_for_one(coordinator_client, coordinator, other_coordinator):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert coordinator_client.get(QUEUE, {"state": "all"}).status_code == 200
        return len(captured)

    def fill() -> None:
        make_application("under_review", by=coordinator).recommend("approve", by=other_coordinator, because="Bra.")

    fill()
    queries()
    one = queries()
    fill()
    fill()
    make_application("approved", by=coordinator)
    make_application("submitted")
    assert queries() == one


def test_an_empty_answer_says_what_to_do(coordinator_client):
    assert "Inget väntar på dig" in coordinator_client.get(QUEUE).content.decode()
    assert "Inget väntar på dig" in coordinator_client.get(QUEUE, {"sort": "newest"}).content.decode()
    assert "Ingen ansökan passar sökningen" in coordinator_client.get(QUEUE, {"holder": "me"}).content.decode()


def test_the_queue_comes_in_pages(coordinator_client, monkeypatch):
    monkeypatch.setattr("procurement_portal.views.queue.ApplicationsView.paginate_by", 1)
    first, second = make_application("submitted"), make_application("submitted")
    assert companies(coordinator_client) == [first.company]
    assert companies(coordinator_client, page="2") == [second.company]


def test_several_become_mine_at_once(coordinator_client, coordinator, other_coordinator):
    free = [make_application("submitted") for _ in range(2)]
    taken = make_application("under_review", by=other_coordinator)
    decided = make_application("rejected", by=other_coordinator)
    ticked = [application.pk for application in (*free, taken, decided)]
    letters = Letter.objects.count()
    response = coordinator_client.post(f"{TICKED}?state=all&sort=newest", {"application": ticked})
    assert (response.status_code, response["Location"]) == (302, f"{QUEUE}?state=all&sort=newest")
    assert set(Application.objects.filter(reviewer=coordinator)) == set(free)
    taken.refresh_from_db()
    assert (taken.reviewer, taken.state) == (other_coordinator, "under_review")
    assert next(event.verb for event in free[0].events.newest_first()) == "taken_on"
    assert Letter.objects.count() == letters
    text = coordinator_client.get(response["Location"]).content.decode()
    assert "Du granskar 2 ansökningar till." in text
    assert "2 av dem du kryssade i har redan en granskare eller är beslutade" in text


@pytest.mark.parametrize("ticked", [[], ["x"], ["99999999"]])
def test_ticking_nothing_or_nonsense_shows_the_queue_again(coordinator_client, submitted, ticked):
    response = coordinator_client.post(f"{TICKED}?sort=newest", {"application": ticked})
    assert (response.status_code, submitted.company in response.content.decode()) == (400, True)
    assert 'role="alert"' in response.content.decode()


def test_a_draft_cannot_be_ticked(coordinator_client, draft):
    assert coordinator_client.post(TICKED, {"application": [draft.pk]}).status_code == 400
    draft.refresh_from_db()
    assert draft.reviewer is None


def test_a_reload_of_what_was_ticked_leads_back_to_the_queue(coordinator_client):
    response = coordinator_client.get(f"{TICKED}?sort=newest&page=2")
    assert (response.status_code, response["Location"]) == (302, f"{QUEUE}?sort=newest&page=2")


def test_the_workbook_holds_what_the_queue_shows(coordinator_client, coordinator, other_coordinator, monkeypatch):
    # No midnight passes between sending in, writing the file and reading it.
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    mine = age(make_application("under_review", by=coordinator, company="=1+1 AB"), days=3)
    make_application("under_review", by=other_coordinator)
    response = coordinator_client.get(WORKBOOK, {"holder": "me"})
    today = timezone.localdate()
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="ansokningar-{today.isoformat()}.xlsx"'
    assert "no-store" in response["Cache-Control"]
    headings, row = cells_of(response.getvalue())
    assert [text for _kind, text in headings[:5]] == [
        "Referensnummer", "Företag", "Organisationsnummer", "Läge", "Har väntat, dagar",
    ]  # fmt: skip
    # Empty cells are not written.
    reference, company, number, state, waited, sent_in, reviewer, categories, website = row
    assert (reference, company, number) == (("s", mine.reference), ("s", "=1+1 AB"), ("s", str(mine.number)))
    assert (state, waited, reviewer) == (("s", "under granskning"), ("n", "3"), ("s", coordinator.name))
    assert (categories, website) == (("s", "Trygghet i bostadsområden"), ("s", mine.website))
    kind, serial = sent_in
    # A spreadsheet counts days from the end of 1899.
    assert (kind, datetime.date(1899, 12, 30) + datetime.timedelta(days=int(float(serial)))) == ("n", today)


def test_the_workbook_keeps_contacts_and_a_sole_traders_number_to_itself(coordinator_client):
    application = make_application("submitted", organisation_number=SOLE_TRADER)
    words = " ".join(text for row in cells_of(coordinator_client.get(WORKBOOK).getvalue()) for _kind, text in row)
    assert ("850709-••••" in words, "9805" in words) == (True, False)
    assert not any(hidden in words for hidden in (application.email, application.contact_name, application.phone))


def test_an_empty_workbook_has_its_headings(coordinator_client):
    assert len(cells_of(coordinator_client.get(WORKBOOK).getvalue())) == 1


def test_the_workbook_does_as_many_queries_for_three_as_for_one(coordinator_client, coordinator):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert coordinator_client.get(WORKBOOK, {"state": "all"}).status_code == 200
        return len(captured)

    make_application("under_review", by=coordinator)
    queries()
    one = queries()
    make_application("approved", by=coordinator)
    make_application("submitted")
    assert queries() == one


@pytest.mark.parametrize("url", [TICKED, WORKBOOK])
def test_visitors_and_members_stay_outside(client, member_client, submitted, url):
    method = "post" if url == TICKED else "get"
    visitor = getattr(client, method)(url, {"application": submitted.pk})
    assert (visitor.status_code, visitor["Location"].startswith("/konto/")) == (302, True)
    assert getattr(member_client, method)(url, {"application": submitted.pk}).status_code == 403
    submitted.refresh_from_db()
    assert submitted.reviewer is None


def test_wrong_methods_are_405(coordinator_client):
    assert [coordinator_client.put(TICKED).status_code, coordinator_client.post(WORKBOOK).status_code] == [405, 405]
    assert coordinator_client.post(reverse("procurement_portal:applications")).status_code == 405
