"""Reporting, verifying, returning and correcting."""

import datetime
from decimal import Decimal

import pytest

from labs.exceptions import (
    AlreadyCorrected,
    AlreadyDecided,
    GoalClosed,
    NotMeasurable,
    OwnMeasurement,
    PeriodTaken,
)
from labs.models import Measurement
from labs.signals import measurement_superseded, measurement_verified
from mailing.models import Letter
from tests.labs.factories import make_measurement, make_verified

YEAR = {"period_start": datetime.date(2019, 1, 1), "period_end": datetime.date(2019, 12, 31)}


@pytest.fixture
def heard():
    """What the signals said, as (which, arguments)."""
    said = []
    listeners = {}
    for name, signal in {"verified": measurement_verified, "superseded": measurement_superseded}.items():

        def listener(sender, signal, _name=name, **arguments):
            said.append((_name, arguments))

        listeners[signal] = listener
        signal.connect(listener)
    yield said
    for signal, listener in listeners.items():
        signal.disconnect(listener)


def test_staff_report_n_of_n(goal, lab_member):
    measurement = goal.report(by=lab_member, numerator=15, denominator=22, **YEAR)
    assert (measurement.state, measurement.recorded_by) == ("reported", lab_member)
    assert [(e.verb, e.actor) for e in measurement.events.all()] == [("reported", lab_member)]


def test_a_missing_value_is_reported_with_its_reason(goal, lab_member):
    measurement = goal.report(by=lab_member, no_value_because="Enkäten gick inte ut.", **YEAR)
    assert measurement.amount is None


def test_a_goal_in_words_takes_no_numbers(qualitative_goal, lab_member):
    with pytest.raises(NotMeasurable):
        qualitative_goal.report(by=lab_member, value=Decimal(3), **YEAR)


def test_a_goal_in_n_of_n_takes_no_plain_value(goal, lab_member):
    with pytest.raises(NotMeasurable):
        goal.report(by=lab_member, value=Decimal(3), **YEAR)


def test_a_goal_in_plain_values_takes_no_n_of_n(value_goal, lab_member):
    with pytest.raises(NotMeasurable):
        value_goal.report(by=lab_member, numerator=3, denominator=4, **YEAR)


def test_a_closed_goal_takes_no_more(goal, lab_member):
    goal.state = "closed"
    goal.save()
    with pytest.raises(GoalClosed):
        goal.report(by=lab_member, numerator=3, denominator=4, **YEAR)


def test_a_period_is_reported_once(goal, lab_member):
    first = goal.report(by=lab_member, numerator=15, denominator=22, **YEAR)
    with pytest.raises(PeriodTaken) as refusal:
        goal.report(by=lab_member, numerator=16, denominator=22, **YEAR)
    assert refusal.value.measurement == first
    assert Measurement.objects.count() == 1


def test_a_coordinator_verifies(goal, lab_member, coordinator, heard):
    measurement = goal.report(by=lab_member, numerator=15, denominator=22, **YEAR)
    measurement.verify(by=coordinator)
    measurement.refresh_from_db()
    assert (measurement.state, measurement.decided_by) == ("verified", coordinator)
    assert measurement.events.newest_first()[0].verb == "verified"
    assert [(name, said["measurement"], said["by"]) for name, said in heard] == [("verified", measurement, coordinator)]


def test_the_recorder_cannot_verify_or_return(goal, coordinator):
    measurement = goal.report(by=coordinator, numerator=15, denominator=22, **YEAR)
    with pytest.raises(OwnMeasurement):
        measurement.verify(by=coordinator)
    with pytest.raises(OwnMeasurement):
        measurement.return_with("Nej.", by=coordinator)
    measurement.refresh_from_db()
    assert measurement.state == "reported"


@pytest.mark.parametrize("decided", ["verified", "returned"])
def test_a_decision_is_made_once(goal, coordinator, decided):
    measurement = make_verified(goal, state=decided, note="Se över.")
    with pytest.raises(AlreadyDecided):
        measurement.verify(by=coordinator)
    with pytest.raises(AlreadyDecided):
        measurement.return_with("Se över.", by=coordinator)


def test_returning_keeps_the_note_and_mails_the_recorder_in_their_language(goal, lab_member, coordinator):
    lab_member.language = "en"
    lab_member.save()
    measurement = goal.report(by=lab_member, numerator=15, denominator=22, **YEAR)
    measurement.return_with("Hur många svarade?", by=coordinator)
    letter = Letter.objects.get()
    assert (letter.to, letter.language) == (lab_member.email, "en")
    assert letter.subject == "Look at your measurement again: Fler kvinnor i arbete, 2019"
    assert "Hur många svarade?" in letter.text
    assert f"/en/labs/mine/measurements/{measurement.pk}/" in letter.text
    assert measurement.events.newest_first()[0].note == "Hur många svarade?"


def test_a_correction_is_a_new_row_that_waits_to_be_verified(goal, lab_member, coordinator, heard):
    first = goal.report(by=lab_member, numerator=15, denominator=22, **YEAR)
    first.return_with("Räkna om.", by=coordinator)
    second = first.correct(by=lab_member, numerator=16, denominator=22)
    first.refresh_from_db()
    assert (second.state, second.supersedes, second.numerator) == ("reported", first, 16)
    assert (second.period_start, second.period_end) == (first.period_start, first.period_end)
    assert (first.numerator, first.is_current, first.superseded_by) == (15, False, second)
    assert list(goal.measurements.current()) == [second]
    name, said = heard[-1]
    assert (name, said["measurement"], said["replacement"], said["by"]) == ("superseded", first, second, lab_member)


def test_correcting_a_verified_measurement_leaves_it_as_it_was(goal, lab_member):
    first = make_verified(goal)
    first.correct(by=lab_member, numerator=10, denominator=22)
    first.refresh_from_db()
    assert (first.state, first.numerator) == ("verified", 9)
    assert not goal.measurements.verified().current().exists()


def test_a_measurement_is_corrected_once(goal, lab_member):
    first = make_measurement(goal)
    first.correct(by=lab_member, numerator=10, denominator=22)
    with pytest.raises(AlreadyCorrected):
        first.correct(by=lab_member, numerator=11, denominator=22)


def test_a_corrected_measurement_can_no_longer_be_verified(goal, lab_member, coordinator):
    first = make_measurement(goal)
    first.correct(by=lab_member, numerator=10, denominator=22)
    with pytest.raises(AlreadyDecided):
        first.verify(by=coordinator)


def test_measurements_are_seen_by_the_labs_people_and_coordinators(goal, lab_member, other_member, coordinator):
    from django.contrib.auth.models import AnonymousUser

    make_measurement(goal)
    seen = [Measurement.objects.visible_to(u).count() for u in (lab_member, coordinator, other_member, AnonymousUser())]
    assert seen == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2019-01-01", "2019-12-31", "2019"),
        ("2018-01-01", "2019-12-31", "2018–2019"),
        ("2019-03-01", "2019-03-31", "mars 2019"),
        ("2019-01-01", "2019-06-30", "januari–juni 2019"),
        ("2018-07-01", "2019-06-30", "juli 2018 – juni 2019"),
        ("2019-03-05", "2019-03-05", "5 mars 2019"),
    ],
)
def test_a_period_is_said_in_words(goal, start, end, words):
    measurement = make_measurement(
        goal, period_start=datetime.date.fromisoformat(start), period_end=datetime.date.fromisoformat(end)
    )
    assert measurement.period == words
