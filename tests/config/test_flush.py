"""What a migration put into a table is still there after a test that empties all tables."""

import pytest

from labs.models import FocusArea


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_the_focus_areas_are_there_each_time(time):
    assert FocusArea.objects.count() == 4
