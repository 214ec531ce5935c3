"""How far a sending has come, as the coordinator sees it."""

import datetime
import math
from typing import Any

import pytest
from django.db.models import DateTimeField, Value
from django.db.models.functions import Now
from django.utils import timezone

from newsletter.models import Issue
from newsletter.models.progress import Progress

pytestmark = pytest.mark.django_db(transaction=True)

EVERY_STATE = ("pending", "claimed", "submitting", "accepted", "failed", "skipped", "unknown")


def at(**numbers: int) -> Progress:
    nothing = dict.fromkeys(("sent", "waiting", "failed", "skipped", "unknown", "open_unknown"), 0)
    return Progress(**(nothing | {"rate": 0.0} | numbers))


@pytest.fixture
def standing(monkeypatch) -> Value:
    """The moment at which the clock stands."""
    moment = Value(timezone.now(), output_field=DateTimeField())
    monkeypatch.setattr("newsletter.models.progress.Now", lambda: moment)
    return moment


def accepted(issue: Issue, ages: list[float], *, now: Any = None) -> None:
    """So many have been sent, so many seconds ago each."""
    for delivery, age in zip(issue.deliveries.order_by("pk"), ages, strict=False):
        issue.deliveries.filter(pk=delivery.pk).update(
            state="accepted", changed_at=(now or Now()) - datetime.timedelta(seconds=age)
        )


def test_every_delivery_is_counted_once(frozen, django_assert_num_queries):
    issue = frozen(8)
    for delivery, state in zip(issue.deliveries.order_by("pk"), [*EVERY_STATE, "unknown"], strict=True):
        held = state in {"claimed", "submitting"}
        issue.deliveries.filter(pk=delivery.pk).update(state=state, lease_until=timezone.now() if held else None)
    first = issue.deliveries.filter(state="unknown").order_by("pk")[0]
    issue.deliveries.filter(pk=first.pk).update(closed_at=timezone.now())
    with django_assert_num_queries(1):
        progress = issue.deliveries.progress()
    assert (progress.sent, progress.waiting, progress.failed, progress.skipped) == (1, 3, 1, 1)
    assert (progress.unknown, progress.open_unknown) == (2, 1)
    assert (progress.total, progress.done, progress.percent) == (8, 5, 62)


def test_an_issue_nobody_gets_has_come_nowhere(issue):
    progress = issue.deliveries.progress()
    assert (progress.total, progress.percent, progress.rate, progress.seconds_left) == (0, 0, 0, None)


def test_the_speed_is_that_of_the_last_half_minute(frozen, standing):
    issue = frozen(20)
    accepted(issue, [25, 20, 10, 5, 2, 1, 30, 200], now=standing)
    progress = issue.deliveries.progress()
    assert progress.rate == 6 / 25
    assert progress.seconds_left == math.ceil(12 / progress.rate)


def test_a_sending_that_has_just_begun_is_not_taken_for_a_slow_one(frozen, standing):
    issue = frozen(20)
    accepted(issue, [2, 1, 1, 0.5, 0.1, 0], now=standing)
    assert issue.deliveries.progress().rate == 6 / 2
    issue.deliveries.update(changed_at=standing)
    # Not faster than in a second, however few they are.
    assert issue.deliveries.progress().rate == 6


def test_when_nothing_has_gone_out_lately_nobody_knows_how_long_it_takes(frozen):
    issue = frozen(5)
    accepted(issue, [60, 90])
    progress = issue.deliveries.progress()
    assert (progress.rate, progress.seconds_left, progress.waiting) == (0, None, 3)


def test_a_hundred_percent_means_that_nothing_waits():
    assert at(sent=999, waiting=1).percent == 99
    assert at(sent=24_999, waiting=1).percent == 99
    assert at(sent=1_000).percent == 100
    assert at(failed=1, skipped=1, unknown=1).percent == 100
    assert at(waiting=3).percent == 0


def test_the_time_that_is_left_is_rounded_up():
    assert at(waiting=10, rate=3.0).seconds_left == 4
    assert at(waiting=1, rate=100.0).seconds_left == 1
    assert at(sent=10, rate=3.0).seconds_left is None


def test_other_issues_do_not_count(frozen):
    issue = frozen(3)
    accepted(issue, [1, 1, 1])
    other = Issue.objects.create(subject="Extra", kind="special")
    assert other.deliveries.progress().total == 0
