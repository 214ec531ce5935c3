import datetime
from decimal import Decimal

import pytest

from labs.models import Goal
from tests.labs.factories import make_goal, make_measurement, make_value_goal, make_verified


def standing(goal: Goal, *, public: bool = False) -> tuple[str, Decimal | None]:
    goal.forget_measurements()
    progress = goal.progress(public=public)
    return progress.standing, progress.share


def test_progress_is_the_share_of_the_way_from_baseline_to_target(value_goal):
    make_verified(value_goal, 2019, value=Decimal(75), period_end=datetime.date(2019, 6, 30))
    progress = value_goal.progress()
    assert (progress.standing, progress.share, progress.percent) == ("on_track", Decimal("0.75"), 75)
    assert progress.expected == Decimal(181) / Decimal(365)


def test_a_value_below_the_straight_line_is_off_track(value_goal):
    make_verified(value_goal, 2019, value=Decimal(40), period_end=datetime.date(2019, 6, 30))
    assert standing(value_goal) == ("off_track", Decimal("0.4"))


def test_at_the_target_date_only_the_target_will_do(value_goal):
    make_verified(value_goal, 2019, value=Decimal(99))
    assert standing(value_goal) == ("off_track", Decimal("0.99"))


def test_a_target_that_is_met_is_reached_before_its_time(value_goal):
    make_verified(value_goal, 2019, value=Decimal(120), period_end=datetime.date(2019, 3, 31))
    assert standing(value_goal) == ("reached", Decimal("1.2"))


def test_a_goal_that_sinks_as_it_should_makes_progress(lab):
    goal = make_value_goal(lab, direction="decrease", baseline=Decimal(80), target=Decimal(40))
    make_verified(goal, 2019, value=Decimal(50), period_end=datetime.date(2019, 6, 30))
    assert standing(goal) == ("on_track", Decimal("0.75"))


@pytest.mark.parametrize(("direction", "baseline", "target"), [("increase", 0, 50), ("decrease", 80, 50)])
def test_meeting_the_target_exactly_is_reaching_it(lab, direction, baseline, target):
    goal = make_value_goal(lab, direction=direction, baseline=Decimal(baseline), target=Decimal(target))
    make_verified(goal, 2019, value=Decimal(50))
    assert standing(goal) == ("reached", Decimal(1))


def test_going_the_wrong_way_is_progress_below_nought(lab):
    goal = make_value_goal(lab, direction="decrease", baseline=Decimal(80), target=Decimal(40))
    make_verified(goal, 2019, value=Decimal(100))
    assert standing(goal) == ("off_track", Decimal("-0.5"))


@pytest.mark.parametrize(
    ("value", "expected"), [(80, "reached"), (76, "reached"), (84, "reached"), (70, "off_track"), (85, "off_track")]
)
def test_a_value_to_maintain_may_drift_five_percent_either_way(lab, value, expected):
    goal = make_value_goal(lab, direction="maintain", baseline=Decimal(80), target=Decimal(80))
    make_verified(goal, 2019, value=Decimal(value))
    assert standing(goal) == (expected, None)


def test_n_of_n_is_followed_as_a_share(goal):
    make_verified(goal, 2018, numerator=11, denominator=22)
    assert standing(goal) == ("on_track", Decimal("0.75"))


def test_only_verified_measurements_count(goal):
    make_verified(goal, 2018, numerator=11, denominator=22)
    make_measurement(goal, 2019, numerator=22, denominator=22)
    assert standing(goal) == ("on_track", Decimal("0.75"))


def test_the_latest_period_with_a_value_counts(goal):
    make_verified(goal, 2018, numerator=11, denominator=22)
    make_verified(goal, 2019, no_value_because="Enkäten gick inte ut.")
    assert standing(goal) == ("on_track", Decimal("0.75"))


def test_progress_is_unknown_without_a_verified_value(goal):
    make_measurement(goal)
    progress = goal.progress()
    assert (progress.standing, progress.share, progress.reason) == (
        "unknown",
        None,
        "Det finns ingen verifierad mätning än.",
    )


def test_progress_is_unknown_when_the_baseline_is(lab):
    goal = make_goal(lab, baseline=None, baseline_on=None, baseline_unknown_because="Ingen mätte före starten.")
    make_verified(goal)
    progress = goal.progress()
    assert (progress.standing, progress.share) == ("unknown", None)
    assert progress.reason == "Utgångsläget är inte känt: Ingen mätte före starten."


def test_a_target_can_be_reached_from_an_unknown_baseline(lab):
    goal = make_goal(lab, baseline=None, baseline_on=None, baseline_unknown_because="Ingen mätte före starten.")
    make_verified(goal, numerator=15, denominator=22)
    assert standing(goal) == ("reached", None)


def test_four_people_are_too_few_to_conclude_and_five_are_not(goal):
    measurement = make_verified(goal, 2018, numerator=4, denominator=4)
    assert (standing(goal), goal.progress().reason) == (("unknown", None), "För få för att dra slutsatser.")
    measurement.correct(by=None, numerator=5, denominator=5)
    goal.measurements.current().update(state="verified", decided_at=datetime.datetime.now(datetime.UTC))
    assert standing(goal) == ("reached", Decimal(2))


def test_the_public_is_not_told_progress_that_gives_a_small_count_away(goal):
    make_verified(goal, 2018, numerator=3, denominator=22)
    assert standing(goal)[0] == "off_track"
    assert standing(goal, public=True) == ("unknown", None)
    assert goal.progress(public=True).reason == "Talet är för litet för att visas öppet."


def test_a_goal_in_words_has_no_number_to_follow(qualitative_goal):
    assert qualitative_goal.progress().standing == "unknown"
