"""Methods in the states that tests begin from."""

import datetime
import itertools
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from labs.models import FocusArea, Goal, Lab, Measurement
from methods.models import Method, Revision

_numbers = itertools.count(1)

TEXTS = {
    "summary": "Grannar möts över ett språkkafé och hittar vägar till jobb.",
    "target_groups": "Utrikesfödda kvinnor utan arbete",
    "problem": "<p>Många saknar arbete och nätverk.</p>",
    "effect": "<p>Fler fick arbete.</p>",
    "mechanism": "<p>Nya kontakter leder till jobb.</p>",
    "moderators": "<p>Fungerar bäst i täta områden.</p>",
    "implementation": "<ol><li><p>Bjud in.</p></li><li><p>Träffas varje vecka.</p></li></ol>",
    "failures": "<p>Kvällstider lockade ingen.</p>",
    "success_conditions": "<p>En värd som är på plats.</p>",
    "contact_name": "Demo Kontakt",
    "contact_email": "kontakt@example.org",
}


def make_goal(lab: Lab, **fields: Any) -> Goal:
    values: dict[str, Any] = {
        "title": "Fler i arbete",
        "focus_area": FocusArea.objects.get_or_create(
            slug="sysselsattning", defaults={"name_sv": "Ökad sysselsättning", "name_en": "Increased employment"}
        )[0],
        "kind": "measurable",
        "indicator": "Deltagare i arbete eller studier",
        "unit": "kvinnor",
        "value_type": "n_of_n",
        "direction": "increase",
        "baseline": Decimal(0),
        "baseline_on": datetime.date(2018, 1, 1),
        "target": Decimal(50),
        "target_on": datetime.date(2019, 12, 31),
    }
    return Goal.objects.create(lab=lab, **values | fields)


def make_measurement(
    goal: Goal, *, state: str = "verified", year: int = 2019, n: int = 15, of: int = 22
) -> Measurement:
    decided = {"decided_at": timezone.now()} if state != "reported" else {}
    if state == "returned":
        decided["note"] = "Kontrollera siffran."
    return Measurement.objects.create(
        goal=goal,
        period_start=datetime.date(year, 1, 1),
        period_end=datetime.date(year, 12, 31),
        numerator=n,
        denominator=of,
        state=state,
        **decided,
    )


def make_draft(lab: Lab, by: User, title: str = "", **fields: Any) -> Revision:
    """A revision that has all that review asks for."""
    method = Method.start(lab=lab, title=title or f"Metod {next(_numbers)}", by=by)
    revision = method.draft
    assert revision is not None
    values = {**TEXTS, "hours": 20, "cost_min": 100_000, "cost_max": 250_000, "months_to_effect": 6} | fields
    Revision.objects.filter(pk=revision.pk).update(**values)
    revision.components.create(kind="core", title="En fast dag i veckan", description="Tilliten tar tid.")
    revision.components.create(kind="adaptable", title="Lokalen", position=1)
    revision.refresh_from_db()
    return revision


def make_submitted(lab: Lab, by: User, title: str = "", **fields: Any) -> Revision:
    revision = make_draft(lab, by, title, **fields)
    revision.submit(by=by)
    return revision


def make_published(
    lab: Lab, by: User, coordinator: User, title: str = "", *, level: int = 2, phase: str = "test", **fields: Any
) -> Method:
    revision = make_submitted(lab, by, title, **fields)
    revision.publish(by=coordinator, level=level, rationale="Mätt före och efter.")
    method = Method.objects.get(pk=revision.method_id)
    if phase != "test":
        method.move_to(phase, by=coordinator, because="Dags.", learned="<p>Vi lärde oss.</p>")
    return method
