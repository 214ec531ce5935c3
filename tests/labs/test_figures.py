"""Numbers as they are read, in full and in public."""

from decimal import Decimal

import pytest
from django.utils import translation

from labs.models import Measurement
from tests.labs.factories import make_goal, make_value_goal, make_verified

NBSP = "\xa0"


@pytest.mark.parametrize(
    ("n", "group", "public"),
    [
        (15, 22, "15 av 22 kvinnor"),
        (9, 10, "9 av 10 kvinnor"),
        (0, 10, "0 av 10 kvinnor"),
        (5, 5, "5 av 5 kvinnor"),
        (4, 22, "färre än 5 av 22 kvinnor"),
        (1, 5, "färre än 5 av 5 kvinnor"),
        (0, 4, "färre än 5 kvinnor"),
        (4, 4, "färre än 5 kvinnor"),
    ],
)
def test_small_counts_of_people_are_kept_from_the_public(goal, n, group, public):
    measurement = make_verified(goal, numerator=n, denominator=group)
    assert str(measurement.public_figure) == public
    assert str(measurement.figure) == f"{n} av {group} kvinnor"
    publishable = Measurement.objects.publishable().exists()
    assert publishable is measurement.public_figure.is_number


@pytest.mark.parametrize(
    ("value_type", "unit", "value", "words"),
    [
        ("number", "aktiviteter", "1234.5", f"1{NBSP}234,5 aktiviteter"),
        ("number", "aktiviteter", "3", "3 aktiviteter"),
        ("percent", "%", "80", "80 %"),
        ("percent", "%", "12.25", "12,25 %"),
        ("sek", "kr", "25000", f"25{NBSP}000 kr"),
        ("rating", "på en skala 1–5", "3.4", "3,4 på en skala 1–5"),
    ],
)
def test_numbers_are_read_the_swedish_way(lab, value_type, unit, value, words):
    goal = make_value_goal(lab, value_type=value_type, unit=unit)
    measurement = make_verified(goal, value=Decimal(value))
    assert (str(measurement.figure), str(measurement.public_figure)) == (words, words)
    assert Measurement.objects.publishable().count() == 1


def test_a_small_number_that_counts_people_is_kept_too(lab):
    goal = make_value_goal(lab, unit="personer", counts_people=True)
    measurement = make_verified(goal, value=Decimal(4))
    assert str(measurement.public_figure) == "färre än 5 personer"
    assert not Measurement.objects.publishable().exists()


def test_numbers_are_read_the_english_way(goal):
    measurement = make_verified(goal, numerator=1500, denominator=2200)
    with translation.override("en"):
        assert str(measurement.figure) == "1,500 of 2,200 kvinnor"


def test_a_missing_value_says_so(goal):
    figure = make_verified(goal, no_value_because="Enkäten gick inte ut.").figure
    assert (str(figure), figure.is_number) == ("Inget värde", False)


def test_each_lab_shows_its_latest_publishable_result(lab, other_lab):
    goal = make_goal(lab)
    make_verified(goal, 2018, numerator=9, denominator=22)
    make_verified(goal, 2019, numerator=2, denominator=22)
    latest = make_verified(make_goal(other_lab), 2019, numerator=9, denominator=10)
    shown = {m.goal.lab_id: m for m in Measurement.objects.publishable().latest_per_lab()}
    assert (shown[lab.pk].period, shown[other_lab.pk]) == ("2018", latest)
