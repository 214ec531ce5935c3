import pytest
from django.db import IntegrityError

from accounts.models import User
from labs.models import Measurement
from labs.signals import measurement_superseded
from methods.exceptions import NotACoordinator
from methods.models import Evidence, Method, Revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def claimed(draft: Revision, verified: Measurement, lab_member: User, coordinator: User) -> Method:
    """A published method with a claim on `verified`."""
    draft.claim("15 av 22", [verified], by=lab_member)
    draft.submit(by=lab_member)
    draft.publish(by=coordinator, level=2, rationale="Mätt.")
    return Method.objects.get(pk=draft.method_id)


def correct(measurement: Measurement) -> None:
    measurement_superseded.send(sender=Measurement, measurement=measurement, replacement=measurement, by=None)


def test_a_corrected_measurement_calls_for_a_new_look(claimed: Method, verified: Measurement) -> None:
    assert not Evidence.objects.needing_a_new_look().exists()
    correct(verified)
    assert [evidence.method for evidence in Evidence.objects.needing_a_new_look()] == [claimed]
    assert claimed.events.newest_first()[0].verb == "evidence_questioned"


def test_a_second_correction_does_not_ask_twice(claimed: Method, verified: Measurement) -> None:
    correct(verified)
    correct(verified)
    assert [event.verb for event in claimed.events.all()].count("evidence_questioned") == 1


def test_signing_anew_answers_it_and_keeps_the_old_signature(
    claimed: Method, verified: Measurement, other_coordinator: User
) -> None:
    correct(verified)
    claimed.sign_evidence(level=1, rationale="Siffran föll.", by=other_coordinator)
    assert not Evidence.objects.needing_a_new_look().exists()
    assert [evidence.level for evidence in claimed.evidences.all()] == [1, 2]


def test_a_measurement_under_no_claim_calls_for_nothing(published: Method, verified: Measurement) -> None:
    correct(verified)
    assert not Evidence.objects.needing_a_new_look().exists()


def test_lab_staff_do_not_sign(published: Method, lab_lead: User) -> None:
    with pytest.raises(NotACoordinator):
        published.sign_evidence(level=5, rationale="Vi vet.", by=lab_lead)


@pytest.mark.parametrize("fields", [{"level": 0}, {"level": 6}, {"rationale": ""}])
def test_the_database_wants_a_level_of_five_and_reasons(published: Method, coordinator: User, fields: dict) -> None:
    with pytest.raises(IntegrityError):
        Evidence.objects.create(
            **{"method": published, "level": 1, "rationale": "x", "signed_by": coordinator} | fields
        )
