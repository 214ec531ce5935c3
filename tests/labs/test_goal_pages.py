"""Setting, changing and assessing goals."""

from decimal import Decimal

import pytest
from django.urls import reverse

from labs.models import Goal


@pytest.fixture
def measurable(employment) -> dict[str, str]:
    """What a lead writes of a goal in n of N."""
    return {
        "title": "Fler får jobb",
        "focus_area": str(employment.pk),
        "indicator": "Deltagare som fått arbete",
        "value_type": "n_of_n",
        "unit": "personer",
        "counts_people": "on",
        "direction": "increase",
        "baseline": "12,5",
        "baseline_on": "2018-01-01",
        "target": "60",
        "target_on": "2019-12-31",
        "frequency_months": "6",
    }


def new(lab, kind: str = "measurable") -> str:
    return reverse(f"labs:goal_new_{kind}", args=[lab.slug])


def test_a_lead_chooses_the_kind_of_goal_first(lead_client, lab):
    page = lead_client.get(reverse("labs:goal_kinds", args=[lab.slug])).content.decode()
    assert new(lab) in page
    assert new(lab, "qualitative") in page


def test_a_lead_sets_a_measurable_goal(lead_client, lab, lab_lead, measurable):
    page = lead_client.post(new(lab), measurable)
    goal = Goal.objects.get()
    assert (page.status_code, page.url) == (302, goal.get_absolute_url())
    assert (goal.lab, goal.kind, goal.baseline, goal.state) == (lab, "measurable", Decimal("12.5"), "active")
    assert [(e.verb, e.actor) for e in goal.events.all()] == [("created", lab_lead)]


def test_a_form_sent_by_two_clicks_sets_one_goal(lead_client, lab, measurable):
    pages = [lead_client.post(new(lab), measurable) for _click in range(2)]
    goal = Goal.objects.get()
    assert [page.url for page in pages] == [goal.get_absolute_url()] * 2
    assert [event.verb for event in goal.events.all()] == ["created"]


def test_a_lead_sets_a_goal_in_words(lead_client, lab, employment):
    lead_client.post(
        new(lab, "qualitative"),
        {
            "title": "Samverkan",
            "focus_area": str(employment.pk),
            "statement": "Vi arbetar ihop.",
            "steps_text": "Ett\n\n Två \nTre",
        },
    )
    goal = Goal.objects.get()
    assert (goal.kind, goal.steps) == ("qualitative", ["Ett", "Två", "Tre"])


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"baseline": "", "baseline_on": ""}, "baseline", "Skriv utgångsläget"),
        ({"baseline_on": ""}, "baseline_on", "Ange när utgångsläget mättes."),
        (
            {"baseline": "", "baseline_unknown_because": "Nej"},
            "baseline_on",
            "Det finns ett datum men inget utgångsläge.",
        ),
        ({"baseline_unknown_because": "Nej"}, "baseline_unknown_because", "Det finns ett utgångsläge ovanför."),
        ({"target": "10"}, "target", "måste ligga över utgångsläget"),
        ({"target": "90", "direction": "decrease"}, "target", "måste ligga under utgångsläget"),
        ({"target": "101"}, "target", "En andel kan inte vara över 100."),
        ({"target": "-1", "direction": "decrease"}, "target", "En andel kan inte vara under 0."),
        ({"target_on": "2017-01-01"}, "target_on", "måste ligga efter utgångslägets datum"),
        ({"value_type": "tum"}, "value_type", "tum"),
        ({"indicator": ""}, "indicator", ""),
        ({"target": "9" * 40}, "target", ""),
        ({"frequency_months": "0"}, "frequency_months", ""),
        ({"frequency_months": "99999"}, "frequency_months", ""),
        ({"focus_area": "x"}, "focus_area", ""),
    ],
)
def test_a_goal_that_does_not_hold_together_is_refused_at_its_field(
    lead_client, lab, change, field, sentence, measurable
):
    page = lead_client.post(new(lab), {**measurable, **change})
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert sentence in page.context["form"].errors[field][0]
    assert "Fler får jobb" in page.content.decode()
    assert not Goal.objects.exists()


@pytest.mark.parametrize("steps", ["", "Ett", "\n".join("12345678"), "Ett\n" + "x" * 301])
def test_a_scale_has_two_to_seven_steps_of_some_length(lead_client, lab, steps, employment):
    page = lead_client.post(
        new(lab, "qualitative"),
        {"title": "Samverkan", "focus_area": str(employment.pk), "statement": "Vi arbetar ihop.", "steps_text": steps},
    )
    assert (page.status_code, list(page.context["form"].errors)) == (400, ["steps_text"])


def test_changing_a_goal_is_remembered_with_before_and_after(lead_client, lab, lab_lead, measurable):
    lead_client.post(new(lab), measurable)
    goal = Goal.objects.get()
    lead_client.post(reverse("labs:goal_edit", args=[goal.pk]), {**measurable, "target": "70", "state": "active"})
    goal.refresh_from_db()
    assert goal.target == Decimal(70)
    event = goal.events.newest_first()[0]
    assert (event.verb, event.actor, event.particulars) == (
        "changed",
        lab_lead,
        {"changes": {"target": ["60.00", "70"]}},
    )


def test_saving_a_goal_unchanged_leaves_no_event(lead_client, lab, measurable):
    lead_client.post(new(lab), measurable)
    goal = Goal.objects.get()
    lead_client.post(reverse("labs:goal_edit", args=[goal.pk]), {**measurable, "state": "active"})
    assert goal.events.count() == 1


@pytest.mark.parametrize("who", ["member_client", "other_member_client"])
def test_goals_are_set_by_leads(request, lab, goal, who, measurable):
    reader = request.getfixturevalue(who)
    for address in [new(lab), reverse("labs:goal_kinds", args=[lab.slug]), reverse("labs:goal_edit", args=[goal.pk])]:
        assert reader.get(address).status_code == 403
    assert reader.post(new(lab), measurable).status_code == 403


def test_coordinators_set_goals_for_every_lab(coordinator_client, lab, measurable):
    assert coordinator_client.post(new(lab), measurable).status_code == 302


def test_staff_assess_a_goal_in_words(member_client, qualitative_goal):
    address = reverse("labs:assessment_new", args=[qualitative_goal.pk])
    assert "Möts ibland" in member_client.get(address).content.decode()
    page = member_client.post(address, {"step": "2", "rationale": "Vi ses.", "on": "2019-05-02"}, follow=True)
    assert qualitative_goal.assessments.get().step == 2
    content = page.content.decode()
    assert "Bedömningen är sparad." in content
    assert 'aria-current="step">Möts ibland' in content


@pytest.mark.parametrize(
    ("change", "field"),
    [({"step": "4"}, "step"), ({"step": ""}, "step"), ({"rationale": " "}, "rationale"), ({"on": "2099-01-01"}, "on")],
)
def test_an_assessment_needs_step_reasons_and_a_day_that_has_been(member_client, qualitative_goal, change, field):
    page = member_client.post(
        reverse("labs:assessment_new", args=[qualitative_goal.pk]),
        {"step": "2", "rationale": "Vi ses.", "on": "2019-05-02", **change},
    )
    assert (page.status_code, list(page.context["form"].errors)) == (400, [field])


def test_assessing_a_measurable_goal_conflicts(member_client, goal):
    address = reverse("labs:assessment_new", args=[goal.pk])
    assert member_client.get(address).status_code == 409
    assert member_client.post(address, {}).status_code == 409


def test_assessing_is_for_the_labs_own_people(other_member_client, qualitative_goal):
    assert other_member_client.get(reverse("labs:assessment_new", args=[qualitative_goal.pk])).status_code == 403


def test_a_goal_page_shows_every_measurement_and_coordinators_the_history(member_client, coordinator_client, goal):
    from tests.labs.factories import make_measurement

    make_measurement(goal, 2018, numerator=3, denominator=22)
    page = member_client.get(goal.get_absolute_url()).content.decode()
    assert "3 av 22" in page
    assert "Historik" not in page
    assert "Historik" in coordinator_client.get(goal.get_absolute_url()).content.decode()
