import datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.text import slugify

from labs.models import Goal, Measurement
from methods.models import Evidence, Method, Revision
from newsletter.models import DiaryEntry
from pictures.models import Picture
from procurement_portal.models import Supplier


@pytest.fixture
def goal(lab) -> Goal:
    return Goal.objects.create(
        lab=lab,
        title="Fler kvinnor i arbete",
        focus_area=lab.focus_areas.first(),
        kind="measurable",
        indicator="Deltagare som fått arbete",
        unit="kvinnor",
        value_type="n_of_n",
        direction="increase",
        baseline=Decimal(20),
        baseline_on=datetime.date(2017, 12, 31),
        target=Decimal(60),
        target_on=datetime.date(2019, 12, 31),
    )


@pytest.fixture
def measure(goal, lab_lead, coordinator):
    """A measurement of the year's n of N, verified unless told otherwise."""

    def measure(n: int, of: int, *, year: int = 2019, state: str = "verified", goal: Goal = goal) -> Measurement:
        decided = {"decided_by": coordinator, "decided_at": timezone.now()} if state != "reported" else {}
        return Measurement.objects.create(
            goal=goal,
            period_start=datetime.date(year, 1, 1),
            period_end=datetime.date(year, 12, 31),
            numerator=n,
            denominator=of,
            state=state,
            recorded_by=lab_lead,
            **decided,
        )

    return measure


@pytest.fixture
def make_method(lab, lab_lead, coordinator):
    """A method whose first revision is published, past the guards that other tests are about."""

    def make_method(title: str, *, published: bool = True) -> Method:
        method = Method.start(lab=lab, title=title, by=lab_lead)
        if published:
            evidence = Evidence.objects.create(
                method=method, level=2, rationale="Före och efter.", signed_by=coordinator
            )
            Revision.objects.filter(method=method).update(
                state="published", published_at=timezone.now(), summary=f"Så gör man: {title}."
            )
            Method.objects.filter(pk=method.pk).update(published=method.revisions.get(), evidence=evidence)
            method = Method.objects.get(pk=method.pk)
            method.index()
        return method

    return make_method


@pytest.fixture
def make_entry(lab):
    def make_entry(title: str, *, state: str = "published") -> DiaryEntry:
        return DiaryEntry.objects.create(
            lab=lab,
            title=title,
            body="<p>Vi träffades på gården.</p>",
            state=state,
            published_at=timezone.now() if state == "published" else None,
        )

    return make_entry


@pytest.fixture
def make_supplier(db):
    def picture() -> Picture:
        return Picture.objects.create(
            name="a.png", original="a.png", sha256="0" * 64, size=1, width=800, height=500, format=Picture.Format.PNG
        )

    def make_supplier(name: str, number: str = "5560360793", **fields: object) -> Supplier:
        return Supplier.objects.create(
            **{
                "name": name,
                "slug": slugify(name),
                "organisation_number": number,
                "website": "https://example.org",
                "description": "Belysning för gårdar.",
                "contact_name": "Demo Kontakt",
                "contact_title": "säljare",
                "email": "kontakt@example.org",
                "phone": "+46701234567",
                "logo": picture(),
                "picture": picture(),
                "contact_picture": picture(),
                **fields,
            }
        )

    return make_supplier
