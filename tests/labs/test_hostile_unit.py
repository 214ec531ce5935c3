"""The unit of a goal is a lead's own words, and stands as a hint in the form that everybody measures with."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize("which", ["goal", "value_goal"])
def test_a_hostile_unit_is_shown_as_text(member_client, request, which):
    goal = request.getfixturevalue(which)
    goal.unit = "<img src=x onerror=alert(1)>"
    goal.save()
    page = member_client.get(reverse("labs:measurement_new", args=[goal.pk])).content.decode()
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page
