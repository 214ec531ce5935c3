"""What has happened everywhere."""

import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from overview.feed import events, happenings
from tests.labs.factories import make_goal, make_measurement, make_qualitative_goal
from tests.newsletter.factories import make_subscriber


def test_each_deed_tells_who_did_what_to_what(coordinator_client, coordinator, lab, lab_member):
    measurement = make_measurement(make_goal(lab), 2018, recorded_by=lab_member)
    measurement.return_with("Hur många svarade?", by=coordinator)
    page = coordinator_client.get("/oversikt/handelser/").content.decode()
    for words in [
        "Demo Samordnare",
        "skickade tillbaka mätningen",
        "Fler kvinnor i arbete, 2018",
        "Hur många svarade?",
    ]:
        assert words in page
    assert f'href="{measurement.get_absolute_url()}"' in page


def test_an_assessment_leads_to_its_goal(lab, lab_member):
    goal = make_qualitative_goal(lab)
    goal.assess(by=lab_member, on=datetime.date(2019, 5, 2), step=2, rationale="Vi ses.")
    (happening,) = happenings(events())
    assert (happening.about, happening.url) == ("Tätare samverkan", goal.get_absolute_url())


def test_what_is_gone_is_told_without_a_link(lab, lab_lead):
    goal = make_goal(lab)
    goal.record("created", by=lab_lead)
    type(goal).objects.filter(pk=goal.pk)._raw_delete("default")
    (happening,) = happenings(events())
    assert (happening.about, happening.url) == ("", "")


def test_the_people_behind_addresses_are_not_in_the_feed(db):
    make_subscriber().record("confirmed")
    assert happenings(events()) == []


def test_the_feed_does_the_same_number_of_queries_for_one_of_each_and_three(coordinator_client, desk):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert coordinator_client.get("/oversikt/handelser/").status_code == 200
        return len(captured)

    desk.fill()
    queries()
    one = queries()
    desk.fill()
    desk.fill()
    assert queries() == one


def test_a_nonsense_page_number_shows_a_page(coordinator_client):
    assert coordinator_client.get("/oversikt/handelser/?page=%00").status_code == 200
