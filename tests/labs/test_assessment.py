import datetime

import pytest

from labs.exceptions import GoalClosed, NotQualitative

DAY = datetime.date(2019, 5, 2)


def test_staff_assess_a_goal_in_words(qualitative_goal, lab_member):
    assessment = qualitative_goal.assess(by=lab_member, on=DAY, step=2, rationale="Vi ses varje månad.")
    assert (assessment.description, assessment.recorded_by) == ("Möts ibland", lab_member)
    assert [(e.verb, e.note) for e in assessment.events.all()] == [("recorded", "Vi ses varje månad.")]


def test_the_latest_assessment_stands(qualitative_goal, lab_member):
    qualitative_goal.assess(by=lab_member, on=DAY, step=3, rationale="Gemensam plan.")
    qualitative_goal.assess(by=lab_member, on=datetime.date(2018, 5, 2), step=1, rationale="Ingen kände någon.")
    assert qualitative_goal.latest_assessment.step == 3


def test_assessing_again_the_same_day_replaces_that_days(qualitative_goal, lab_member):
    qualitative_goal.assess(by=lab_member, on=DAY, step=2, rationale="Vi ses.")
    qualitative_goal.assess(by=lab_member, on=DAY, step=3, rationale="Vi planerar.")
    assert [a.step for a in qualitative_goal.assessments.all()] == [3]


@pytest.mark.parametrize("step", [0, 4])
def test_the_step_is_one_of_the_scale(qualitative_goal, lab_member, step):
    with pytest.raises(NotQualitative):
        qualitative_goal.assess(by=lab_member, on=DAY, step=step, rationale="Skäl.")


def test_a_measurable_goal_is_not_assessed(goal, lab_member):
    with pytest.raises(NotQualitative):
        goal.assess(by=lab_member, on=DAY, step=1, rationale="Skäl.")


def test_a_closed_goal_is_not_assessed(qualitative_goal, lab_member):
    qualitative_goal.state = "closed"
    qualitative_goal.save()
    with pytest.raises(GoalClosed):
        qualitative_goal.assess(by=lab_member, on=DAY, step=1, rationale="Skäl.")
