import pytest

from labs.models import Goal, Lab
from tests.labs.factories import make_goal, make_qualitative_goal, make_value_goal


@pytest.fixture
def goal(lab: Lab) -> Goal:
    """A goal in n of N, from 20 % to 60 %."""
    return make_goal(lab)


@pytest.fixture
def value_goal(lab: Lab) -> Goal:
    """A goal in activities, from 0 to 100."""
    return make_value_goal(lab)


@pytest.fixture
def qualitative_goal(lab: Lab) -> Goal:
    """A goal in words, with three steps."""
    return make_qualitative_goal(lab)
