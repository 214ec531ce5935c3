import datetime

import pytest

from labs.periods import Period, months_later
from tests.labs.factories import make_goal, make_measurement

D = datetime.date


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [(D(2019, 1, 31), 1, D(2019, 2, 28)), (D(2019, 12, 1), 1, D(2020, 1, 1)), (D(2018, 7, 1), 18, D(2020, 1, 1))],
)
def test_months_later(day, months, later):
    assert months_later(day, months) == later


def test_the_next_period_follows_the_latest_measurement(goal):
    make_measurement(goal, period_start=D(2019, 1, 1), period_end=D(2019, 6, 30))
    assert goal.next_period() == Period(D(2019, 7, 1), D(2019, 12, 31))


def test_the_first_period_follows_the_baseline(goal):
    assert goal.next_period() == Period(D(2018, 1, 1), D(2018, 6, 30))


def test_the_first_period_without_a_baseline_starts_with_the_lab(lab):
    goal = make_goal(lab, baseline=None, baseline_on=None, baseline_unknown_because="Mättes inte.", frequency_months=12)
    assert goal.next_period() == Period(D(2018, 1, 1), D(2018, 12, 31))


@pytest.mark.parametrize(
    ("today", "suggested"),
    [
        (D(2019, 7, 15), Period(D(2019, 7, 1), D(2019, 12, 31))),
        (D(2019, 12, 31), Period(D(2019, 7, 1), D(2019, 12, 31))),
        (D(2020, 3, 1), Period(D(2019, 7, 1), D(2019, 12, 31))),
        (D(2026, 11, 23), Period(D(2026, 1, 1), D(2026, 6, 30))),
    ],
)
def test_the_form_suggests_the_period_that_most_likely_is_meant(goal, today, suggested):
    make_measurement(goal, period_start=D(2019, 1, 1), period_end=D(2019, 6, 30))
    assert goal.suggested_period(today) == suggested


def test_a_measurement_is_overdue_once_its_period_has_ended(goal):
    assert goal.due_on == D(2018, 6, 30)
    assert not goal.is_overdue(D(2018, 6, 30))
    assert goal.is_overdue(D(2018, 7, 1))


def test_nothing_is_due_when_the_target_date_has_been_measured(goal):
    make_measurement(goal, 2019)
    assert goal.due_on is None


@pytest.mark.parametrize("state", ["reached", "closed"])
def test_nothing_is_due_on_a_goal_that_is_done(goal, state):
    goal.state = state
    assert goal.due_on is None


def test_nothing_is_due_in_a_lab_that_is_completed(goal, lab):
    lab.state = "completed"
    lab.save()
    assert goal.due_on is None
