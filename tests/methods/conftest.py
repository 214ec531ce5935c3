import pytest

from accounts.models import User
from labs.models import Goal, Lab, Measurement
from methods.models import Method, Revision
from tests.methods.factories import make_draft, make_goal, make_measurement, make_published, make_submitted


@pytest.fixture
def goal(lab: Lab) -> Goal:
    return make_goal(lab)


@pytest.fixture
def verified(goal: Goal) -> Measurement:
    """15 of 22, verified."""
    return make_measurement(goal)


@pytest.fixture
def draft(lab: Lab, lab_member: User) -> Revision:
    """A complete draft."""
    return make_draft(lab, lab_member, "Språkkafé med grannar")


@pytest.fixture
def submitted(lab: Lab, lab_member: User) -> Revision:
    return make_submitted(lab, lab_member, "Språkkafé med grannar")


@pytest.fixture
def published(lab: Lab, lab_member: User, coordinator: User) -> Method:
    return make_published(lab, lab_member, coordinator, "Språkkafé med grannar")
