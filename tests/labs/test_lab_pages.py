"""The labs in public."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import format_html

from labs import panels
from labs.models import FocusArea, Lab, Organisation, Partner
from tests.labs.factories import make_goal, make_qualitative_goal, make_verified


def make_lab(name: str, **fields) -> Lab:
    lab = Lab.objects.create(
        **{
            "name": name,
            "slug": f"labb-{Lab.objects.count()}",
            "municipality": "Boden",
            "challenge": "Utmaning.",
            "description": "Beskrivning.",
            "starts_on": datetime.date(2018, 1, 1),
            **fields,
        }
    )
    make_verified(make_goal(lab, focus_area=FocusArea.objects.first()), 2018)
    return lab


def queries(client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_labs_are_listed_with_their_latest_result(client, lab, employment, coordinator):
    make_verified(make_goal(lab), 2019, numerator=15, denominator=22, decided_by=coordinator)
    page = client.get("/labb/").content.decode()
    assert "15 av 22" in page
    assert "Norrköping" in page
    assert "Ökad sysselsättning" in page
    assert "verifierat av Demo Samordnare" in page


def test_labs_come_in_the_order_of_the_swedish_alphabet(client, db):
    for name in ["Örnen", "Zinken", "Älgen", "Åsen", "Alen"]:
        make_lab(name)
    names = [lab.name for lab, _result in client.get("/labb/").context["cards"]]
    assert names == ["Alen", "Zinken", "Åsen", "Älgen", "Örnen"]


def test_an_empty_list_says_what_will_be_here(client, db):
    assert "Det finns inga labb än" in client.get("/labb/").content.decode()


def test_the_list_does_the_same_number_of_queries_for_one_lab_and_three(client, db):
    make_lab("Ett")
    client.get("/labb/")
    one = queries(client, "/labb/")
    make_lab("Två")
    make_lab("Tre")
    assert queries(client, "/labb/") == one


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 40, "%00", "1e9"])
def test_a_nonsense_page_number_shows_a_page(client, lab, page):
    assert client.get(f"/labb/?page={page}").status_code == 200


def test_a_lab_tells_challenge_partners_and_goals(client, lab, goal, qualitative_goal, lab_member):
    host = Organisation.objects.create(name="Hyresbostäder", kind="housing_company")
    Partner.objects.create(lab=lab, organisation=host, role="host")
    qualitative_goal.assess(by=lab_member, on=datetime.date(2019, 5, 2), step=2, rationale="Vi ses varje månad.")
    make_verified(goal, 2018, numerator=11, denominator=22)
    page = client.get(lab.get_absolute_url()).content.decode()
    for words in ["Få har jobb.", "Hyresbostäder", "Värd", "11 av 22", "På väg", "Möts ibland", "Vi ses varje månad."]:
        assert words in page


def test_a_lab_page_shows_no_small_count_of_people_to_anybody(coordinator_client, client, lab, goal):
    make_verified(goal, 2018, numerator=3, denominator=22, narrative="x")
    for reader in (client, coordinator_client):
        page = reader.get(lab.get_absolute_url()).content.decode()
        assert "färre än 5 av 22" in page
        assert "3 av 22" not in page
        assert "13,6" not in page


def test_what_is_not_verified_stays_off_the_public_page(client, lab, goal, lab_member):
    goal.report(
        by=lab_member,
        period_start=datetime.date(2018, 1, 1),
        period_end=datetime.date(2018, 12, 31),
        numerator=21,
        denominator=22,
    )
    assert "21 av 22" not in client.get(lab.get_absolute_url()).content.decode()


def test_a_number_being_corrected_is_taken_down_and_told_about(client, lab, goal, lab_member):
    make_verified(goal, 2018, numerator=11, denominator=22).correct(by=lab_member, numerator=12, denominator=22)
    page = client.get(lab.get_absolute_url()).content.decode()
    assert "11 av 22" not in page
    assert "Ett tal håller på att rättas" in page


def test_a_lab_page_does_the_same_number_of_queries_for_one_goal_and_three(client, lab, lab_member):
    def add_goals():
        make_verified(make_goal(lab, title="Mål"), 2018)
        goal = make_qualitative_goal(lab)
        goal.assess(by=lab_member, on=datetime.date(2019, 5, 2), step=2, rationale="Skäl.")

    add_goals()
    client.get(lab.get_absolute_url())
    one = queries(client, lab.get_absolute_url())
    add_goals()
    add_goals()
    assert queries(client, lab.get_absolute_url()) == one


def test_parts_above_show_their_panels(client, lab, monkeypatch):
    monkeypatch.setattr(panels, "lab_page", panels.Place())
    panels.lab_page.register(lambda lab, request: format_html("<section>Metoder i {}</section>", lab.name))
    assert "<section>Metoder i Provlabbet</section>" in client.get(lab.get_absolute_url()).content.decode()


def test_an_unknown_lab_is_not_found(client, db):
    assert client.get("/labb/finns-inte/").status_code == 404


def test_the_english_page_is_at_its_english_address(client, lab):
    page = client.get(f"/en/labs/{lab.slug}/")
    assert page.status_code == 200
    assert '<p class="lede" lang="sv">' in page.content.decode()


def test_pages_are_read_only(client, lab):
    assert client.post("/labb/").status_code == 405
    assert client.post(lab.get_absolute_url()).status_code == 405


def test_a_lead_edits_the_page(lead_client, lab, lab_lead, employment, safety):
    page = lead_client.post(
        reverse("labs:edit", args=[lab.slug]),
        {
            "challenge": "Ny utmaning.",
            "description": "Ny text.",
            "area": "Hageby",
            "focus_areas": [employment.pk, safety.pk],
            "starts_on": "2018-01-01",
            "ends_on": "2019-12-31",
            "state": "completed",
        },
    )
    assert page.status_code == 302
    lab.refresh_from_db()
    assert (lab.challenge, lab.area, lab.state) == ("Ny utmaning.", "Hageby", "completed")
    assert set(lab.focus_areas.all()) == {employment, safety}
    event = lab.events.get()
    assert (event.verb, event.actor) == ("changed", lab_lead)


def test_a_mistake_on_the_page_keeps_what_was_typed(lead_client, lab, employment):
    page = lead_client.post(
        reverse("labs:edit", args=[lab.slug]),
        {
            "challenge": "Ny utmaning.",
            "description": "",
            "focus_areas": [employment.pk],
            "starts_on": "2018-01-01",
            "ends_on": "2017-12-31",
            "state": "active",
        },
    )
    assert page.status_code == 400
    content = page.content.decode()
    assert "Ny utmaning." in content
    assert "Labbet slutar innan det börjar. Välj en senare dag." in content
    lab.refresh_from_db()
    assert lab.challenge == "Få har jobb."


@pytest.mark.parametrize("who", ["member_client", "other_member_client"])
def test_only_leads_and_coordinators_edit_the_page(request, lab, who):
    assert request.getfixturevalue(who).get(reverse("labs:edit", args=[lab.slug])).status_code == 403


def test_a_visitor_is_sent_to_sign_in(client, lab):
    page = client.get(reverse("labs:edit", args=[lab.slug]))
    assert page.status_code == 302
    assert "next=/labb/mitt/labb/provlabbet/" in page.url
