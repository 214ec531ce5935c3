"""What waits for coordinators."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from labs.models import Measurement
from newsletter.models import Issue
from overview.actions import KINDS, everything_waiting
from tests.labs.factories import make_goal, make_measurement, make_verified
from tests.newsletter.factories import make_entry, make_frozen, make_issue, make_subscriber, make_uncertain


@pytest.fixture
def issue(lab) -> Issue:
    """A weekly draft for one subscriber."""
    make_entry(lab=lab)
    make_subscriber()
    return make_issue()


def kinds(actions) -> list[str]:
    return [action.kind.key for action in actions]


def test_one_thing_of_each_kind_waits_a_click_away(coordinator_client, desk):
    desk.fill()
    page = coordinator_client.get("/oversikt/")
    actions = page.context["waiting"].all
    assert set(kinds(actions)) == {kind.key for kind in KINDS}
    content = page.content.decode()
    for action in actions:
        assert f'href="{action.url}"' in content
        assert coordinator_client.get(action.url).status_code == 200


def test_the_oldest_comes_first(coordinator, lab):
    goal = make_goal(lab, state="reached")
    now = timezone.now()
    for year, days in [(2017, 1), (2018, 3), (2016, 2)]:
        make_measurement(goal, year, recorded_at=now - datetime.timedelta(days=days))
    assert [a.detail.split(":")[0] for a in everything_waiting(coordinator)] == ["2018", "2016", "2017"]


def test_what_is_done_no_longer_waits(coordinator, lab, lab_member):
    goal = make_goal(lab, state="reached")
    measurement = make_measurement(goal, 2018, recorded_by=lab_member)
    assert kinds(everything_waiting(coordinator)) == ["verification"]
    measurement.verify(by=coordinator)
    assert everything_waiting(coordinator) == []


def test_a_late_measurement_waits_from_the_day_after_its_period(coordinator, lab):
    goal = make_goal(lab)
    make_verified(goal, period_start=datetime.date(2018, 1, 1), period_end=datetime.date(2018, 6, 30))
    (action,) = everything_waiting(coordinator)
    assert (action.kind.key, action.url) == ("overdue", goal.get_absolute_url())
    assert timezone.localtime(action.since) == timezone.make_aware(datetime.datetime(2019, 1, 1))  # noqa: DTZ001


def test_a_newsletter_that_was_held_back_waits_once(coordinator, issue):
    issue.schedule(timezone.now() + datetime.timedelta(minutes=1), by=coordinator, audience=1)
    assert kinds(everything_waiting(coordinator)) == []
    issue.hold_back("Ingen är kvar.")
    assert kinds(everything_waiting(coordinator)) == ["held-back"]
    issue.schedule(timezone.now() + datetime.timedelta(minutes=1), by=coordinator, audience=1)
    issue.unschedule(by=coordinator)
    assert kinds(everything_waiting(coordinator)) == ["issue"]


def test_a_newsletter_on_its_way_waits_only_when_it_is_stopped_or_the_server_refuses(coordinator, db):
    issue = make_frozen("På väg", [])
    assert everything_waiting(coordinator) == []
    Issue.objects.update(trouble="454 Vänta.")
    assert [(a.kind.key, a.detail) for a in everything_waiting(coordinator)] == [("interrupted", "454 Vänta.")]
    Issue.objects.update(trouble="")
    issue.pause(by=coordinator)
    assert [(a.kind.key, a.detail) for a in everything_waiting(coordinator)] == [("interrupted", "pausat")]
    issue.cancel(by=coordinator)
    assert everything_waiting(coordinator) == []


def test_uncertain_recipients_wait_until_somebody_has_decided(coordinator, db):
    issue = make_uncertain(number=2)
    (action,) = everything_waiting(coordinator)
    assert (action.kind.key, action.detail) == ("uncertain", "2 mottagare")
    assert action.since == issue.deliveries.earliest("changed_at").changed_at
    issue.close_uncertain(by=coordinator)
    assert everything_waiting(coordinator) == []


def test_nothing_is_late_in_a_lab_that_is_completed(coordinator, lab):
    lab.state = "completed"
    lab.save()
    make_goal(lab, baseline=None, baseline_on=None, baseline_unknown_because="Ingen mätte.")
    assert everything_waiting(coordinator) == []


def test_what_i_recorded_myself_is_for_somebody_else(coordinator_client, coordinator, lab):
    make_measurement(make_goal(lab, state="reached"), recorded_by=coordinator)
    (action,) = everything_waiting(coordinator)
    assert action.for_somebody_else
    assert "så en annan samordnare tar det" in coordinator_client.get("/oversikt/").content.decode()


def test_the_list_is_narrowed_to_a_kind_and_a_lab(coordinator_client, desk, other_lab, goal_of_other_lab):
    desk.fill()
    page = coordinator_client.get("/oversikt/", {"kind": "verification"})
    assert {a.title for a in page.context["page"]} == {"Fler i arbete 1", "Tryggare kvällar"}
    page = coordinator_client.get("/oversikt/", {"kind": "verification", "lab": other_lab.slug})
    assert [a.title for a in page.context["page"]] == ["Tryggare kvällar"]
    assert [(c.key, c.count) for c in page.context["waiting"].kind_choices] == [("verification", 1), ("overdue", 1)]
    assert [(c.key, c.count) for c in page.context["waiting"].lab_choices] == [("grannlabbet", 1), ("provlabbet", 1)]


def test_a_kind_with_nothing_waiting_says_so(coordinator_client, desk):
    desk.fill()
    Measurement.objects.all().update(state="verified", decided_at=timezone.now())
    page = coordinator_client.get("/oversikt/", {"kind": "verification"})
    assert "Inget av det slaget väntar" in page.content.decode()


def test_an_empty_desk_says_so(coordinator_client):
    assert "Inget väntar på dig" in coordinator_client.get("/oversikt/").content.decode()


@pytest.mark.parametrize("query", ["kind=finns-inte", "lab=%00", "kind=" + "x" * 5000, "page=x", "page=-1", "lab[]=1"])
def test_a_nonsense_query_shows_everything(coordinator_client, desk, query):
    desk.fill()
    page = coordinator_client.get(f"/oversikt/?{query}")
    assert page.status_code == 200
    assert len(page.context["waiting"].actions) == len(page.context["waiting"].all)


def test_the_page_does_the_same_number_of_queries_for_one_of_each_and_three(coordinator_client, desk):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert coordinator_client.get("/oversikt/").status_code == 200
        return len(captured)

    desk.fill()
    queries()
    one = queries()
    desk.fill()
    desk.fill()
    assert queries() == one


@pytest.mark.parametrize("name", ["overview:home", "overview:goals", "overview:events"])
def test_the_overview_is_for_coordinators(client, member_client, name):
    assert client.get(reverse(name)).status_code == 302
    assert member_client.get(reverse(name)).status_code == 403


def test_a_coordinator_without_a_second_factor_is_sent_to_show_it(client, coordinator):
    client.force_login(coordinator)
    assert client.get("/oversikt/").status_code == 302


def test_the_overview_is_read_only(coordinator_client):
    assert coordinator_client.post("/oversikt/").status_code == 405
