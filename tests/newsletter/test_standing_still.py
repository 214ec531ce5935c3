"""An issue that nobody is at, because no worker is there: the coordinators are told."""

import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.utils import timezone

from history.models import Event
from newsletter.models import Delivery, Issue
from overview.actions import everything_waiting
from tests.newsletter.factories import make_frozen, make_subscribers

pytestmark = pytest.mark.django_db
SIX_MINUTES = datetime.timedelta(minutes=6)
HTMX = {"HX-Request": "true"}


def time_passes(by: datetime.timedelta = SIX_MINUTES) -> None:
    """As if so much time had gone by with nobody doing anything."""
    # Not everything: other processes may keep theirs in the same Redis.
    issues = Issue.objects.values_list("pk", "state")
    cache.delete_many(f"newsletter:{what}:{pk}:{state}" for pk, state in issues for what in ("progress", "still"))
    with connection.cursor() as cursor:
        # History cannot be changed; a replica's past can.
        cursor.execute("SET LOCAL session_replication_role = replica")
        Event.objects.update(created_at=F("created_at") - by)
        cursor.execute("SET LOCAL session_replication_role = origin")
    Issue.objects.update(created_at=F("created_at") - by)
    Delivery.objects.update(
        changed_at=F("changed_at") - by, not_before=F("not_before") - by, lease_until=F("lease_until") - by
    )


def standing_still() -> list[str]:
    return list(Issue.objects.standing_still().values_list("subject", flat=True))


@pytest.fixture
def ordered(issue, kicked, coordinator) -> Issue:
    issue.send(by=coordinator)
    return issue


@pytest.fixture
def sending(db) -> Issue:
    return make_frozen("På väg", make_subscribers(3))


def test_an_issue_that_nobody_prepares_is_told_of_after_five_minutes(ordered):
    time_passes(datetime.timedelta(minutes=4))
    assert standing_still() == []
    time_passes(datetime.timedelta(minutes=2))
    assert standing_still() == [ordered.subject]


def test_an_issue_that_nobody_sends_is_told_of_after_five_minutes(sending):
    time_passes(datetime.timedelta(minutes=4))
    assert standing_still() == []
    time_passes(datetime.timedelta(minutes=2))
    assert standing_still() == ["På väg"]


def test_what_was_ordered_to_go_on_a_moment_ago_is_given_time(sending, kicked, coordinator):
    sending.pause(by=coordinator)
    time_passes()
    sending.resume(by=coordinator)
    assert standing_still() == []


def test_an_issue_in_somebody_s_hands_moves(sending):
    time_passes()
    Delivery.objects.claim(sending.pk, "one", 1)
    Delivery.objects.update(changed_at=F("changed_at") - SIX_MINUTES)
    assert standing_still() == []


def test_an_issue_of_which_a_mail_went_out_just_now_moves(sending):
    time_passes()
    last = sending.deliveries.latest("pk")
    Delivery.objects.filter(pk=last.pk).update(state="accepted", changed_at=timezone.now())
    assert standing_still() == []


def test_what_a_dead_worker_holds_and_nobody_takes_over_stands_still(sending):
    Delivery.objects.claim(sending.pk, "one", 3)
    time_passes()
    assert standing_still() == ["På väg"]


def test_what_waits_for_its_next_attempt_does_not_stand_still(sending):
    time_passes()
    sending.deliveries.update(not_before=timezone.now() + datetime.timedelta(hours=2))
    assert standing_still() == []


def test_an_issue_that_is_through_and_whose_books_nobody_closes_stands_still(sending):
    sending.deliveries.update(state="accepted")
    time_passes()
    assert standing_still() == ["På väg"]


@pytest.mark.parametrize("state", ["draft", "paused", "sent", "cancelled"])
def test_what_is_not_under_way_or_is_stopped_does_not_stand_still(sending, state):
    Issue.objects.update(state=state, sent_at=sending.frozen_at)
    time_passes()
    assert standing_still() == []


def test_a_mail_server_that_is_down_is_told_of_in_its_own_words(sending):
    Issue.objects.update(trouble="454 Vänta.")
    time_passes()
    assert standing_still() == []


def test_it_waits_for_the_coordinators(ordered, coordinator):
    assert everything_waiting(coordinator) == []
    time_passes()
    assert [(a.kind.key, a.detail) for a in everything_waiting(coordinator)] == [("interrupted", "står stilla")]


SAID = "Det har inte hänt något med utskicket på flera minuter."


def test_the_desk_says_so_instead_of_a_few_seconds(coordinator_client, ordered):
    page = coordinator_client.get(f"/nyhetsbrev/utskick/{ordered.pk}/").content.decode()
    assert (SAID in page, "några sekunder" in page) == (False, True)
    time_passes()
    page = coordinator_client.get(f"/nyhetsbrev/utskick/{ordered.pk}/").content.decode()
    assert (SAID in page, "några sekunder" in page) == (True, False)


def test_the_figures_say_so_when_they_are_renewed(coordinator_client, sending):
    address = f"/nyhetsbrev/utskick/{sending.pk}/lage/?state=sending&tenth=0"
    assert SAID not in coordinator_client.get(address, headers=HTMX).content.decode()
    time_passes()
    assert SAID in coordinator_client.get(address, headers=HTMX).content.decode()
