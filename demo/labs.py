"""Loads the labs with partners, goals, verified measurements and assessments, through the same verbs as people use."""

from datetime import date
from decimal import Decimal
from typing import Any

from demo import people, pictures
from demo.content.labs import LABS, ORGANISATIONS
from labs.models import FocusArea, Goal, Lab, Organisation, Partner

GOAL_FIELDS = [
    "title", "why", "counts_people", "indicator", "unit", "value_type", "direction", "baseline_on", "baseline_source",
    "baseline_unknown_because", "target_on", "verification", "statement", "steps",
]  # fmt: skip


def load_labs() -> None:
    """Create the organisations and the labs with their partners and pictures."""
    for name, kind in ORGANISATIONS:
        Organisation.objects.get_or_create(name=name, defaults={"kind": kind})
    for content in LABS:
        lab, created = Lab.objects.get_or_create(
            slug=content["slug"],
            defaults={
                name: content[name]
                for name in (
                    "name",
                    "municipality",
                    "area",
                    "state",
                    "starts_on",
                    "ends_on",
                    "challenge",
                    "description",
                )
            },
        )
        if created:
            lab.focus_areas.set(FocusArea.objects.filter(slug__in=content["focus"]))
            lab.picture = pictures.draw(*content["picture"], public=True)
            lab.save(update_fields=["picture"])
        for role, names in content["partners"].items():
            for organisation in Organisation.objects.filter(name__in=names):
                Partner.objects.get_or_create(lab=lab, organisation=organisation, role=role)


def load_goals() -> None:
    """Set the goals and report what was measured; the people must be there. Goals that exist are left alone."""
    for content in LABS:
        lab = Lab.objects.get(slug=content["slug"])
        for position, goal in enumerate(content["goals"]):
            if not lab.goals.filter(title=goal["title"]).exists():
                _set_goal(lab, position, goal)


def goal_with_key(key: str) -> Goal:
    """The goal that the content calls `key`."""
    lab, title = next((lab["slug"], goal["title"]) for lab in LABS for goal in lab["goals"] if goal["key"] == key)
    return Goal.objects.get(lab__slug=lab, title=title)


def _set_goal(lab: Lab, position: int, content: dict[str, Any]) -> None:
    reporter, verifier = people.lead_of(lab), people.coordinator()
    goal = Goal(
        lab=lab,
        position=position,
        focus_area=FocusArea.objects.get(slug=content["focus"]),
        kind="measurable" if "indicator" in content else "qualitative",
        baseline=_decimal(content.get("baseline")),
        target=_decimal(content.get("target")),
        **{name: content[name] for name in GOAL_FIELDS if name in content},
    )
    goal.establish(by=reporter)
    for reading in content.get("measurements", []):
        start, end = reading["period"]
        measurement = goal.report(
            by=reporter,
            period_start=start,
            period_end=end,
            value=_decimal(reading.get("value")),
            numerator=reading.get("n"),
            denominator=reading.get("of"),
            narrative=reading["narrative"],
        )
        if reading["verified"]:
            measurement.verify(by=verifier)
    for on, step, rationale in content.get("assessments", []):
        assess(goal, on, step, rationale)


def assess(goal: Goal, on: date, step: int, rationale: str) -> None:
    goal.assess(by=people.lead_of(goal.lab), on=on, step=step, rationale=rationale)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
