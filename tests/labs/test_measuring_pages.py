"""Measuring and correcting, as lab staff meet them."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from labs.models import Measurement
from tests.labs.factories import make_measurement, make_verified

YEAR = {"period_start": "2019-01-01", "period_end": "2019-12-31"}


def new(goal) -> str:
    return reverse("labs:measurement_new", args=[goal.pk])


def test_the_form_asks_for_n_of_n_with_a_numeric_keyboard(member_client, goal):
    page = member_client.get(new(goal)).content.decode()
    assert page.count('inputmode="numeric"') == 2
    assert 'name="value"' not in page


def test_the_form_asks_for_a_value_with_a_decimal_keyboard(member_client, value_goal):
    page = member_client.get(new(value_goal)).content.decode()
    assert page.count('inputmode="decimal"') == 1
    assert 'name="numerator"' not in page


def test_the_form_suggests_the_next_period(member_client, goal, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_moment: datetime.date(2026, 11, 28))
    make_measurement(goal, period_end=datetime.date(2026, 3, 31))
    page = member_client.get(new(goal)).content.decode()
    assert 'value="2026-04-01"' in page
    assert 'value="2026-09-30"' in page


def test_staff_report_in_one_go(member_client, goal, lab_member):
    page = member_client.post(new(goal), {**YEAR, "numerator": "15", "denominator": "22"}, follow=True)
    measurement = Measurement.objects.get()
    assert page.redirect_chain == [(measurement.get_absolute_url(), 302)]
    assert (measurement.numerator, measurement.denominator, measurement.recorded_by) == (15, 22, lab_member)
    content = page.content.decode()
    assert "Mätningen är rapporterad." in content
    assert "15 av 22" in content
    assert "Väntar på verifiering" in content


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1 234,5", "1234.5"),
        ("1\xa0234,5", "1234.5"),
        ("1234.5", "1234.5"),
        ("1.234,50", "1234.5"),
        ("1,5", "1.5"),
        ("1,234", None),
        ("−3", "-3"),
        ("80 %", "80"),
        ("25 000 kr", "25000"),
        ("NaN", None),
        ("-Infinity", None),
        ("1e999999", None),
    ],
)
def test_numbers_are_understood_as_swedes_write_them(member_client, value_goal, typed, value):
    page = member_client.post(new(value_goal), {**YEAR, "value": typed})
    assert page.status_code == (302 if value else 400)
    assert [m.value for m in Measurement.objects.all()] == ([Decimal(value)] if value else [])


def test_in_english_a_comma_stands_between_thousands(member_client, value_goal):
    member_client.post(f"/en/labs/mine/goals/{value_goal.pk}/measurements/new/", {**YEAR, "value": "1,234.5"})
    member_client.post(
        f"/en/labs/mine/goals/{value_goal.pk}/measurements/new/",
        {"period_start": "2018-01-01", "period_end": "2018-12-31", "value": "1,234"},
    )
    assert [m.value for m in Measurement.objects.all()] == [Decimal("1234"), Decimal("1234.5")]


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"numerator": "femton", "denominator": "22"}, "numerator", "”femton” är inget heltal."),
        ({"numerator": "23", "denominator": "22"}, "numerator", "23 är fler än de 22 du räknade bland."),
        ({"numerator": "0", "denominator": "0"}, "denominator", "Det måste finnas minst en att räkna bland."),
        ({"numerator": "15"}, "denominator", "Skriv talet"),
        ({}, "numerator", "Skriv talet"),
        ({"numerator": "-1", "denominator": "22"}, "numerator", "minst 0"),
        ({"numerator": "1", "denominator": "9" * 30}, "denominator", "högst"),
        ({"numerator": "9" * 5000, "denominator": "22"}, "numerator", "är inget heltal"),
        ({"numerator": "1", "denominator": "2", "no_value_because": "Nej"}, "no_value_because", "ett tal ovanför"),
        ({"numerator": "1", "denominator": "2", "period_end": "2018-01-01"}, "period_end", "slutar innan den börjar"),
        ({"numerator": "1", "denominator": "2", "period_start": "2099-01-01"}, "period_start", "har inte börjat än"),
        ({"numerator": "1", "denominator": "2", "period_start": "i fjol"}, "period_start", "2019-06-30"),
        ({"numerator": "1", "denominator": "2", "evidence_link": "javascript:alert(1)"}, "evidence_link", ""),
        ({"numerator": "1", "denominator": "2", "narrative": "a\x00b"}, "narrative", ""),
    ],
)
def test_bad_input_is_refused_at_its_field_and_kept(member_client, goal, sent, field, sentence):
    page = member_client.post(new(goal), {**YEAR, "narrative": "Enkät i maj.", **sent})
    assert page.status_code == 400
    assert next(iter(page.context["form"].errors)) == field
    assert sentence in page.context["form"].errors[field][0]
    if "narrative" not in sent:
        assert "Enkät i maj." in page.content.decode()
    assert not Measurement.objects.exists()


def test_pressing_the_button_twice_reports_once(member_client, goal):
    form = {**YEAR, "numerator": "15", "denominator": "22"}
    first, second = member_client.post(new(goal), form), member_client.post(new(goal), form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert Measurement.objects.count() == 1


def test_another_number_for_the_same_period_is_refused_with_a_link_to_the_first(member_client, goal):
    taken = make_measurement(goal, 2019)
    page = member_client.post(new(goal), {**YEAR, "numerator": "15", "denominator": "22"})
    assert page.status_code == 400
    content = page.content.decode()
    assert "Det finns redan en mätning för 2019. Öppna den om du vill rätta den." in content
    assert f'href="{taken.get_absolute_url()}"' in content


def test_a_missing_value_is_reported_with_its_reason(member_client, goal):
    member_client.post(new(goal), {**YEAR, "no_value_because": "Enkäten gick inte ut."})
    assert Measurement.objects.get().no_value_because == "Enkäten gick inte ut."


def test_measuring_a_goal_in_words_conflicts(member_client, qualitative_goal):
    assert member_client.get(new(qualitative_goal)).status_code == 409
    page = member_client.post(new(qualitative_goal), {**YEAR, "value": "3"})
    assert page.status_code == 409
    assert "Det här målet är beskrivet i ord." in page.content.decode()


def test_measuring_is_for_the_labs_own_people(other_member_client, client, goal):
    assert other_member_client.get(new(goal)).status_code == 403
    assert other_member_client.post(new(goal), {**YEAR, "numerator": "1", "denominator": "9"}).status_code == 403
    assert client.get(new(goal)).status_code == 302
    assert not Measurement.objects.exists()


@pytest.mark.parametrize("pk", [0, 999, 10**30])
def test_a_goal_or_measurement_that_is_not_there_is_not_found(member_client, pk):
    for name in ["labs:goal", "labs:measurement_new", "labs:measurement", "labs:correction", "labs:assessment_new"]:
        assert member_client.get(reverse(name, args=[pk])).status_code == 404


def test_staff_correct_what_was_returned(member_client, goal, lab_member, coordinator):
    first = make_measurement(goal, 2019, recorded_by=lab_member)
    first.return_with("Hur många svarade?", by=coordinator)
    address = reverse("labs:correction", args=[first.pk])
    form = member_client.get(address).content.decode()
    assert "Hur många svarade?" in form
    assert 'value="9"' in form
    page = member_client.post(address, {"numerator": "8", "denominator": "20"}, follow=True)
    second = Measurement.objects.current().get()
    assert (second.supersedes, second.numerator, second.denominator) == (first, 8, 20)
    assert "Rättelsen är rapporterad." in page.content.decode()


def test_correcting_twice_conflicts(member_client, goal, lab_member):
    first = make_measurement(goal, 2019)
    first.correct(by=lab_member, numerator=8, denominator=20)
    address = reverse("labs:correction", args=[first.pk])
    assert member_client.get(address).status_code == 409
    assert member_client.post(address, {"numerator": "7", "denominator": "20"}).status_code == 409


def test_measuring_a_closed_goal_conflicts(member_client, goal):
    goal.state = "closed"
    goal.save()
    page = member_client.get(new(goal))
    assert page.status_code == 409
    assert "Målet är avslutat" in page.content.decode()


def test_a_measurement_of_another_lab_is_not_found(other_member_client, goal):
    measurement = make_verified(goal)
    for name in ["labs:measurement", "labs:correction"]:
        assert other_member_client.get(reverse(name, args=[measurement.pk])).status_code == 404


def test_staff_do_not_see_the_events(member_client, goal, lab_member):
    measurement = make_measurement(goal)
    measurement.record("reported", by=lab_member)
    assert "Historik" not in member_client.get(measurement.get_absolute_url()).content.decode()


def test_staff_are_told_what_the_public_sees_of_a_small_count(member_client, goal):
    measurement = make_verified(goal, numerator=3, denominator=22)
    page = member_client.get(measurement.get_absolute_url()).content.decode()
    assert "3 av 22" in page
    assert "Utåt visas ”färre än 5 av 22 kvinnor”" in page


@pytest.mark.parametrize(
    ("field", "day"), [("period_end", "9999-12-31"), ("period_end", "2101-01-01"), ("period_start", "0001-01-01")]
)
def test_a_day_at_the_end_of_the_calendar_is_refused_by_name(member_client, goal, field, day):
    answer = member_client.post(new(goal), {**YEAR, field: day, "numerator": "15", "denominator": "22"})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert f"{day} ligger för långt bort. Välj en dag mellan 1900 och 2100." in answer.content.decode()
    assert not Measurement.objects.exists()
