"""Goals and measurements with everything they must have; a test says only what it is about."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from labs.models import Goal, Lab, Measurement


def make_goal(lab: Lab, **fields: Any) -> Goal:
    """A goal in n of N: from 20 % at the turn of 2018 to 60 % at the end of 2019."""
    return Goal.objects.create(
        **{
            "lab": lab,
            "title": "Fler kvinnor i arbete",
            "focus_area": lab.focus_areas.first(),
            "kind": "measurable",
            "indicator": "Deltagare som fått arbete",
            "unit": "kvinnor",
            "value_type": "n_of_n",
            "direction": "increase",
            "baseline": Decimal(20),
            "baseline_on": datetime.date(2017, 12, 31),
            "target": Decimal(60),
            "target_on": datetime.date(2019, 12, 31),
            **fields,
        }
    )


def make_value_goal(lab: Lab, **fields: Any) -> Goal:
    """A goal in plain numbers: from 0 to 100 activities during 2019."""
    return make_goal(
        lab,
        **{
            "title": "Fler aktiviteter",
            "indicator": "Aktiviteter",
            "unit": "aktiviteter",
            "value_type": "number",
            "counts_people": False,
            "baseline": Decimal(0),
            "baseline_on": datetime.date(2018, 12, 31),
            "target": Decimal(100),
            **fields,
        },
    )


def make_qualitative_goal(lab: Lab, **fields: Any) -> Goal:
    return Goal.objects.create(
        **{
            "lab": lab,
            "title": "Tätare samverkan",
            "focus_area": lab.focus_areas.first(),
            "kind": "qualitative",
            "statement": "Aktörerna arbetar tillsammans.",
            "steps": ["Var för sig", "Möts ibland", "Planerar ihop"],
            **fields,
        }
    )


def make_measurement(goal: Goal, year: int = 2018, **fields: Any) -> Measurement:
    """A reported measurement of a whole year: 9 of 22, or 50 for a goal in plain values."""
    number = {"numerator": 9, "denominator": 22} if goal.counts_n_of_n else {"value": Decimal(50)}
    if {"value", "numerator", "denominator", "no_value_because"} & fields.keys():
        number = {}
    goal.forget_measurements()
    return Measurement.objects.create(
        **{
            "goal": goal,
            "period_start": datetime.date(year, 1, 1),
            "period_end": datetime.date(year, 12, 31),
            **number,
            **fields,
        }
    )


def make_verified(goal: Goal, year: int = 2018, **fields: Any) -> Measurement:
    return make_measurement(goal, year, **{"state": "verified", "decided_at": timezone.now(), **fields})
