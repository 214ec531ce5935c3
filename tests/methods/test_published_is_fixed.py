"""What has been published never changes: the model refuses, and so does the database by itself."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from labs.models import Measurement
from methods.exceptions import PublishedIsFixed
from methods.models import Claim, Component, Method, Revision
from methods.sections import COLUMNS

pytestmark = pytest.mark.django_db

CHANGED = {"language": "en", "hours": 1, "cost_min": 1, "cost_max": 999_999, "months_to_effect": 1}


@pytest.fixture
def fixed(draft: Revision, verified: Measurement, lab_member: User, coordinator: User) -> Revision:
    """A published revision with a claim."""
    draft.claim("15 av 22", [verified], by=lab_member)
    draft.submit(by=lab_member)
    draft.publish(by=coordinator, level=2, rationale="Mätt.")
    return Revision.objects.get(pk=draft.pk)


@pytest.mark.parametrize("column", COLUMNS)
def test_the_model_refuses_another(fixed: Revision, column: str) -> None:
    setattr(fixed, column, CHANGED.get(column, "<p>Annat.</p>"))
    with pytest.raises(PublishedIsFixed):
        fixed.save()


@pytest.mark.parametrize("column", [*COLUMNS, "number", "published_at", "method_id"])
def test_the_database_refuses_another(fixed: Revision, column: str) -> None:
    value = {"number": 9, "published_at": "2019-01-01T00:00Z", "method_id": 10**9}.get(
        column, CHANGED.get(column, "Annat")
    )
    with pytest.raises(IntegrityError, match="has been published"):
        Revision.objects.filter(pk=fixed.pk).update(**{column: value})


def test_the_database_refuses_deletion(fixed: Revision) -> None:
    with pytest.raises(IntegrityError, match="cannot be deleted"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM methods_revision WHERE id = %s", [fixed.pk])


@pytest.mark.parametrize("state", ["draft", "submitted", "changes_requested"])
def test_the_database_never_lets_it_go_back(fixed: Revision, state: str) -> None:
    with pytest.raises(IntegrityError, match="cannot go from published"):
        Revision.objects.filter(pk=fixed.pk).update(state=state)


def test_its_parts_claims_and_focus_areas_stay(fixed: Revision) -> None:
    component, claim = fixed.components.all()[0], fixed.claims.get()
    attempts = [
        lambda: Component.objects.filter(pk=component.pk).update(title="Annat"),
        lambda: Component.objects.create(revision=fixed, title="Ny"),
        lambda: component.delete(),
        lambda: Claim.objects.filter(pk=claim.pk).update(statement="Annat"),
        lambda: claim.measurements.clear(),
        lambda: fixed.focus_areas.clear(),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError, match="has been published"), transaction.atomic():
            attempt()


def test_it_stays_as_it_was_while_its_successor_is_written(fixed: Revision, lab_member: User) -> None:
    before = Revision.objects.filter(pk=fixed.pk).values(*COLUMNS).get()
    successor = Method.objects.get(pk=fixed.method_id).draft_successor(by=lab_member)
    successor.save_section("basics", {"title": "Nytt namn", "summary": "Ny."}, version=0, by=lab_member)
    successor.save_section("components", {"components": []}, version=0, by=lab_member)
    assert Revision.objects.filter(pk=fixed.pk).values(*COLUMNS).get() == before
    assert Method.objects.get(pk=fixed.method_id).title == "Språkkafé med grannar"
    assert fixed.components.count() == 2


def test_a_leaving_author_is_forgotten_without_a_trace_in_the_words(fixed: Revision) -> None:
    Revision.objects.filter(pk=fixed.pk).update(author=None, submitted_by=None)
    fixed.refresh_from_db()
    assert (fixed.author, fixed.state) == (None, "published")
