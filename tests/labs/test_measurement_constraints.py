"""What the database never lets a measurement be."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from labs.models import Measurement
from tests.labs.factories import make_measurement, make_verified


def refused(name, make, *args, **fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make(*args, **fields)


@pytest.mark.parametrize(
    "number",
    [
        {"numerator": None, "denominator": None},
        {"value": Decimal(3), "numerator": 3, "denominator": 5},
        {"numerator": 3},
        {"denominator": 3},
        {"value": Decimal(3), "no_value_because": "Enkäten uteblev."},
    ],
)
def test_a_measurement_is_a_value_or_n_of_n_or_a_reason(goal, number):
    refused("measurement_value_or_n_of_n_or_reason", make_measurement, goal, **number)


def test_n_is_within_the_group(goal):
    refused("measurement_part_within_group", make_measurement, goal, numerator=11, denominator=10)


def test_the_group_is_not_empty(goal):
    refused("measurement_group_is_not_empty", make_measurement, goal, numerator=0, denominator=0)


def test_a_period_ends_after_it_starts(goal):
    refused("measurement_period_ends_after_it_starts", make_measurement, goal, period_end=datetime.date(2017, 12, 31))


def test_a_decision_has_a_time(goal):
    refused("measurement_decided_when_verified_or_returned", make_measurement, goal, state="verified")


def test_nobody_decides_on_their_own_measurement(goal, coordinator):
    refused(
        "measurement_decided_by_another_than_recorder",
        make_verified,
        goal,
        recorded_by=coordinator,
        decided_by=coordinator,
    )


def test_a_measurement_goes_back_with_a_note(goal):
    refused("measurement_returned_with_a_note", make_verified, goal, state="returned")


def test_a_period_has_one_current_measurement(goal):
    make_measurement(goal)
    refused("measurement_once_per_goal_and_period", make_measurement, goal)


@pytest.mark.parametrize(
    "change",
    [{"numerator": 10}, {"narrative": "Annat"}, {"state": "reported"}, {"period_end": datetime.date(2018, 6, 30)}],
)
def test_a_verified_measurement_never_changes(goal, change):
    measurement = make_verified(goal)
    refused("verified and never changes", Measurement.objects.filter(pk=measurement.pk).update, **change)


def test_a_person_can_be_forgotten_from_a_verified_measurement(goal, lab_member, coordinator):
    measurement = make_verified(goal, recorded_by=lab_member, decided_by=coordinator)
    lab_member.delete()
    coordinator.delete()
    measurement.refresh_from_db()
    assert (measurement.recorded_by, measurement.decided_by, measurement.state) == (None, None, "verified")
