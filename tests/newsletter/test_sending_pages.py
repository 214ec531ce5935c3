"""Ordering an issue sent, now or at a time, and taking that back."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from history.models import Event
from newsletter.models import Issue, Schedule
from tests.conftest import sign_in
from tests.newsletter.factories import (
    make_entry,
    make_issue,
    make_subscriber,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("where", ["sandning/", "tidpunkt/"])
def test_whoever_sends_says_yes_to_the_number_in_words(coordinator_client, issue, desk, where):
    assert "Ja, det ska gå till 1 prenumerant" in coordinator_client.get(f"{desk}sandning/").content.decode()
    response = coordinator_client.post(desk + where, {"audience": "1", "at": "2099-01-01T06:00"})
    issue.refresh_from_db()
    page = response.content.decode()
    assert (response.status_code, issue.state) == (400, "draft")
    assert "Kryssa i rutan för att säga ja till antalet mottagare." in page
    assert ('value="2099-01-01T06:00"' in page) is (where == "tidpunkt/")


def test_a_yes_to_another_number_is_no_yes_to_this(coordinator_client, issue, desk):
    make_subscriber("sen@example.org")
    answer = {"audience": "1", "confirmed": "on", "at": "2099-01-01T06:00"}
    response = coordinator_client.post(f"{desk}tidpunkt/", answer)
    page = response.content.decode()
    issue.refresh_from_db()
    assert (response.status_code, issue.state) == (409, "draft")
    assert page.count("Antalet mottagare har ändrats och är nu 2.") == 1
    assert ("checked" in page, 'value="2099-01-01T06:00"' in page) == (False, True)
    assert 'name="audience" value="2"' in page
    assert "Kryssa i rutan" not in page
    bad_time = coordinator_client.post(f"{desk}tidpunkt/", answer | {"audience": "2", "at": "snart"})
    assert "checked" in bad_time.content.decode()


def test_an_issue_that_was_not_sent_at_its_time_says_why(coordinator_client, coordinator, issue, desk):
    issue.schedule(timezone.now() + datetime.timedelta(minutes=1), by=coordinator, audience=1)
    assert "Utskicket skulle ha gått iväg" not in coordinator_client.get(desk).content.decode()
    Issue.objects.update(send_at=timezone.now() - datetime.timedelta(minutes=5))
    assert "Utskicket skulle ha gått iväg" in coordinator_client.get(desk).content.decode()
    issue.hold_back("Klockan stod stilla <i>länge</i>.")
    page = coordinator_client.get(desk).content.decode()
    assert "Utskicket gick inte iväg på utsatt tid." in page
    assert "Klockan stod stilla &lt;i&gt;länge&lt;/i&gt;." in page
    issue.refresh_from_db()
    issue.schedule(timezone.now() + datetime.timedelta(minutes=1), by=coordinator, audience=1)
    issue.unschedule(by=coordinator)
    assert "Utskicket gick inte iväg" not in coordinator_client.get(desk).content.decode()


def test_a_scheduled_digest_into_which_a_cancelled_one_went_says_so(coordinator_client, coordinator, issue, desk):
    first = Issue.objects.create(
        kind="weekly",
        subject="Vecka <i>47</i>",
        period_start=issue.period_start - datetime.timedelta(days=7),
        period_end=issue.period_start,
    )
    issue.schedule(timezone.now() + datetime.timedelta(hours=1), by=coordinator, audience=1)
    first.cancel(by=coordinator)
    page = coordinator_client.get(desk).content.decode()
    assert "”Vecka &lt;i&gt;47&lt;/i&gt;” har ställts in, och det som fanns i det har lagts in här." in page
    assert "Titta igenom det och sätt en tid igen." in page
    assert "gick inte iväg" not in page
    assert not Issue.objects.held_back().exists()
    issue.refresh_from_db()
    issue.schedule(timezone.now() + datetime.timedelta(hours=1), by=coordinator, audience=1)
    assert "har lagts in här" not in coordinator_client.get(desk).content.decode()


def test_sending_asks_for_the_count_that_was_seen(coordinator_client, issue, desk, mailoutbox):
    page = coordinator_client.get(f"{desk}sandning/").content.decode()
    assert "Skicka till 1 prenumerant nu" in page
    make_subscriber("sen@example.org")
    response = coordinator_client.post(f"{desk}sandning/", {"audience": "1", "confirmed": "on"})
    issue.refresh_from_db()
    assert (response.status_code, issue.state) == (409, "draft")
    assert "Antalet mottagare har ändrats och är nu 2." in response.content.decode()
    assert "Skicka till 2 prenumeranter nu" in response.content.decode()


@pytest.mark.parametrize("audience", ["", "0", "-1", "x", "9" * 400])
def test_a_count_that_makes_no_sense_sends_nothing(coordinator_client, issue, desk, audience):
    status = coordinator_client.post(f"{desk}sandning/", {"audience": audience, "confirmed": "on"}).status_code
    issue.refresh_from_db()
    assert (status in {400, 409}, issue.state) == (True, "draft")


def test_of_two_coordinators_pressing_send_one_sends(
    coordinator_client, other_coordinator, issue, desk, mailoutbox, django_capture_on_commit_callbacks
):
    late = sign_in(Client(), other_coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        assert coordinator_client.post(f"{desk}sandning/", {"audience": "1", "confirmed": "on"}).status_code == 302
        refused = late.post(f"{desk}sandning/", {"audience": "1", "confirmed": "on"})
    assert refused.status_code == 409
    assert "Kanske hann någon annan före." in refused.content.decode()
    assert len(mailoutbox) == 1
    assert late.get(f"{desk}sandning/").status_code == 409


def test_an_issue_nobody_would_get_cannot_be_sent(coordinator_client, entry):
    issue = make_issue()
    desk = f"/nyhetsbrev/utskick/{issue.pk}/"
    assert "Ingen skulle få det här utskicket" in coordinator_client.get(f"{desk}sandning/").content.decode()
    assert coordinator_client.post(f"{desk}sandning/", {"audience": "1", "confirmed": "on"}).status_code == 409


def test_a_set_time_is_kept_by_the_clock_and_can_be_taken_back(
    coordinator_client, issue, desk, django_capture_on_commit_callbacks
):
    from newsletter.tasks import kick_unfinished

    answer = {"audience": "1", "confirmed": "on", "at": "2099-01-01T06:00"}
    assert coordinator_client.post(f"{desk}tidpunkt/", answer).status_code == 302
    issue.refresh_from_db()
    assert (issue.state, timezone.localtime(issue.send_at).isoformat()) == ("scheduled", "2099-01-01T06:00:00+01:00")
    assert coordinator_client.post(desk, {"subject": "x"}).status_code == 409
    coordinator_client.post(f"{desk}tidpunkt/", {"take_back": "1"})
    issue.refresh_from_db()
    assert (issue.state, issue.send_at) == ("draft", None)
    coordinator_client.post(f"{desk}tidpunkt/", answer)
    kick_unfinished()
    issue.refresh_from_db()
    assert issue.state == "scheduled"
    Issue.objects.update(send_at=timezone.now() - datetime.timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        kick_unfinished()
    issue.refresh_from_db()
    assert issue.state == "sent"


def test_the_clock_holds_back_an_issue_nobody_is_left_to_get(issue, subscriber, coordinator):
    from newsletter.tasks import kick_unfinished

    issue.schedule(timezone.now() + datetime.timedelta(minutes=1), by=coordinator, audience=1)
    subscriber.leave()
    Issue.objects.update(send_at=timezone.now())
    kick_unfinished()
    issue.refresh_from_db()
    assert issue.state == "draft"
    assert issue.events.newest_first()[0].verb == "held_back"


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"at": "2001-01-01T06:00"}, 400), ({"at": "snart"}, 400), ({"at": ""}, 400), ({"audience": "7"}, 409)],
)
def test_a_time_or_count_that_will_not_do_is_refused(coordinator_client, issue, desk, fields, status):
    answer = {"audience": "1", "confirmed": "on", "at": "2099-01-01T06:00", **fields}
    response = coordinator_client.post(f"{desk}tidpunkt/", answer)
    issue.refresh_from_db()
    assert (response.status_code, issue.state) == (status, "draft")


def test_a_time_that_has_passed_is_asked_for_again_with_what_was_filled_in(coordinator_client, issue, desk):
    answer = {"audience": "1", "confirmed": "on", "at": "2001-01-01T06:00"}
    page = coordinator_client.post(f"{desk}tidpunkt/", answer).content.decode()
    assert page.count("Den tiden har redan passerat. Välj en senare, eller skicka nu.") == 2
    assert ('value="2001-01-01T06:00"' in page, "checked" in page) == (True, True)


def test_a_time_set_for_an_issue_that_has_become_empty_is_kept(coordinator_client, issue, desk):
    answer = {"audience": "1", "confirmed": "on", "at": "2099-01-01T06:00"}
    issue.items.all().delete()
    response = coordinator_client.post(f"{desk}tidpunkt/", answer)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Utskicket är tomt. Lägg något i det först." in page
    assert 'value="2099-01-01T06:00"' in page
    entry = make_entry("Nytt")
    issue.put_in(entries=[entry])
    page = coordinator_client.post(f"{desk}tidpunkt/", {"at": "2099-01-01T06:00"}).content.decode()
    assert ('value="2099-01-01T06:00"' in page, 'name="audience" value="1"' in page) == (True, True)
    issue.items.all().delete()
    response = coordinator_client.post(f"{desk}sandning/", answer)
    assert response.status_code == 409
    assert "Utskicket är tomt. Lägg något i det först." in response.content.decode()


def test_cancelling_says_why_and_cannot_be_done_twice(coordinator_client, issue, desk):
    for unfit in ("Fel\x00 siffror.", "Fel siffror. " * 30):
        response = coordinator_client.post(f"{desk}installande/", {"because": unfit})
        assert (response.status_code, "Fel" in response.content.decode()) == (400, True)
        assert Issue.objects.get().state == "draft"
    assert coordinator_client.post(f"{desk}installande/", {"because": "Fel siffror."}).status_code == 302
    issue.refresh_from_db()
    assert (issue.state, issue.events.newest_first()[0].note) == ("cancelled", "Fel siffror.")
    assert coordinator_client.post(f"{desk}installande/").status_code == 409


def test_only_what_comes_again_is_promised_to_come_again(coordinator_client, coordinator, desk):
    again, never = "Det som finns i det kommer med i nästa sammandrag.", "kommer inte med någon annan gång"
    digest = coordinator_client.get(f"{desk}installande/").content.decode()
    special = Issue.begin_special(by=coordinator)
    page = coordinator_client.get(f"/nyhetsbrev/utskick/{special.pk}/installande/").content.decode()
    assert [again in digest, never in digest, again in page, never in page] == [True, False, False, True]


def test_the_schedule_is_kept_with_who_changed_it(coordinator_client, lead_client, coordinator):
    address = "/nyhetsbrev/utskick/tidtabell/"
    assert lead_client.post(address, {"automatic": "weekly"}).status_code == 403
    assert coordinator_client.post(address, {"automatic": ["weekly"]}).status_code == 302
    assert (Schedule.is_automatic("weekly"), Schedule.is_automatic("each")) == (True, False)
    assert Schedule.objects.get().changed_by == coordinator
    assert coordinator_client.post(address, {"automatic": ["hourly"]}).status_code == 400


def test_who_lets_the_clock_send_is_told_in_the_history(coordinator_client, coordinator, other_coordinator):
    for chosen, by in (
        (["weekly"], coordinator), (["weekly"], other_coordinator), (["monthly", "weekly"], coordinator),
        (["monthly"], other_coordinator),
    ):  # fmt: skip
        Schedule.automate(chosen, by=by)
    events = Event.objects.filter(subject_type__model="schedule").order_by("pk")
    assert [(event.actor, event.verb, event.subject.rhythm) for event in events] == [
        (coordinator, "turned_on", "weekly"),
        (coordinator, "turned_on", "monthly"),
        (other_coordinator, "turned_off", "weekly"),
    ]
    page = coordinator_client.get("/oversikt/handelser/").text
    assert "slog av automatiska utskick" in page
    assert '<a href="/nyhetsbrev/utskick/">en gång i veckan</a>' in page
