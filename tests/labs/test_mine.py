"""Where lab staff start."""

import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from labs.models import Measurement
from labs.next_steps import next_steps
from tests.labs.factories import make_goal, make_measurement, make_qualitative_goal, make_verified


def test_what_waits_comes_first_and_the_oldest_on_top(
    member_client, lab, goal, qualitative_goal, lab_member, coordinator
):
    returned = make_measurement(goal, 2018, recorded_by=lab_member)
    returned.return_with("Hur många svarade?", by=coordinator)
    # On a day before the goal in words was set, also when midnight passes here.
    Measurement.objects.filter(pk=returned.pk).update(decided_at=timezone.now() - datetime.timedelta(days=2))
    goal.forget_measurements()
    steps = next_steps(lab.goals.with_progress())
    assert [(step.kind, step.goal) for step in steps] == [
        ("overdue", goal),
        ("returned", goal),
        ("unassessed", qualitative_goal),
    ]
    page = member_client.get("/labb/mitt/").content.decode()
    assert "Hur många svarade?" in page
    for name, pk in [
        ("labs:correction", returned.pk),
        ("labs:measurement_new", goal.pk),
        ("labs:assessment_new", qualitative_goal.pk),
    ]:
        assert reverse(name, args=[pk]) in page


def test_when_nothing_waits_it_says_so(member_client, goal):
    make_verified(goal, 2019)
    assert "Inget väntar på dig." in member_client.get("/labb/mitt/").content.decode()


def test_a_corrected_return_no_longer_waits(lab, goal, lab_member, coordinator):
    returned = make_measurement(goal, 2019, recorded_by=lab_member)
    returned.return_with("Räkna om.", by=coordinator)
    returned.correct(by=lab_member, numerator=8, denominator=20)
    assert next_steps(lab.goals.with_progress(), datetime.date(2026, 11, 23)) == []


def test_members_see_their_own_lab_only(member_client, lab, other_lab):
    page = member_client.get("/labb/mitt/").content.decode()
    assert "Provlabbet" in page
    assert "Grannlabbet" not in page


def test_leads_are_offered_to_set_goals_and_members_are_not(lead_client, member_client, lab):
    address = reverse("labs:goal_kinds", args=[lab.slug])
    assert address in lead_client.get("/labb/mitt/").content.decode()
    assert address not in member_client.get("/labb/mitt/").content.decode()


def test_somebody_without_a_lab_is_told_what_to_do(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("ny@example.org", "Demo Ny"))
    page = client.get("/labb/mitt/")
    assert page.status_code == 200
    assert "Du är inte med i något labb än" in page.content.decode()


def test_a_visitor_is_sent_to_sign_in(client, db):
    assert client.get("/labb/mitt/").status_code == 302


def test_the_page_does_the_same_number_of_queries_for_one_goal_and_three(member_client, lab):
    def add():
        make_verified(make_goal(lab), 2018)
        make_qualitative_goal(lab)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            member_client.get("/labb/mitt/")
        return len(captured)

    add()
    queries()
    one = queries()
    add()
    add()
    assert queries() == one
