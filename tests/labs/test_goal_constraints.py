"""What the database never lets a goal be."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.labs.factories import make_goal, make_qualitative_goal, make_value_goal


def refused(name, make, *args, **fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make(*args, **fields)


@pytest.mark.parametrize("missing", ["indicator", "unit", "value_type", "direction"])
def test_a_measurable_goal_says_what_is_measured(lab, missing):
    refused(
        "goal_measurable_says_what_and_how_far",
        make_goal,
        lab,
        **{missing: "", "baseline": None, "baseline_on": None, "baseline_unknown_because": "Mättes inte."},
    )


@pytest.mark.parametrize("missing", ["target", "target_on"])
def test_a_measurable_goal_says_how_far_and_by_when(lab, missing):
    refused("goal_", make_goal, lab, **{missing: None})


def test_a_baseline_that_is_not_known_needs_its_reason(lab):
    refused("goal_baseline_or_reason_why_not", make_goal, lab, baseline=None, baseline_on=None)


def test_a_known_baseline_has_no_reason_for_being_unknown(lab):
    refused("goal_baseline_or_reason_why_not", make_goal, lab, baseline_unknown_because="Ingen mätte.")


def test_a_known_baseline_has_a_date(lab):
    refused("goal_baseline_or_reason_why_not", make_goal, lab, baseline_on=None)


def test_the_target_date_comes_after_the_baseline_date(lab):
    refused("goal_target_date_after_baseline_date", make_goal, lab, target_on=datetime.date(2017, 12, 31))


@pytest.mark.parametrize(
    ("direction", "target"), [("increase", 20), ("increase", 10), ("decrease", 20), ("decrease", 30)]
)
def test_the_target_lies_in_the_direction_of_the_goal(lab, direction, target):
    refused("goal_target_lies_in_its_direction", make_goal, lab, direction=direction, target=Decimal(target))


def test_a_share_is_at_most_the_whole(lab):
    refused("goal_share_is_at_most_the_whole", make_goal, lab, target=Decimal(101))


def test_a_percentage_may_pass_a_hundred_but_not_sink_below_nought(lab):
    make_value_goal(lab, value_type="percent", target=Decimal(180))
    refused(
        "goal_share_is_not_negative",
        make_value_goal,
        lab,
        value_type="percent",
        direction="maintain",
        target=Decimal(-1),
    )


def test_a_goal_in_words_needs_its_statement(lab):
    refused("goal_qualitative_says_what_and_which_steps", make_qualitative_goal, lab, statement="")


def test_a_goal_in_words_needs_two_steps_or_more(lab):
    refused("goal_qualitative_says_what_and_which_steps", make_qualitative_goal, lab, steps=["Enda"])


def test_a_lab_cannot_hide_a_page_of_its_own(lab):
    lab.slug = "mitt"
    refused("lab_slug_is_not_a_page_of_its_own", lab.save)
