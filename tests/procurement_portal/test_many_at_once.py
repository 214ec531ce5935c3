"""The benchmark in small: real requests over real connections, with cookies, double clicks and all."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.db import connection

from benchmarks import applications


@pytest.mark.django_db(transaction=True)
def test_many_applications_at_once_are_neither_lost_nor_doubled(live_server: Any):
    database = urlsplit(project.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    answer = applications.measure(live_server.thread.port, database, applications=8, clients=4)
    assert (answer["applications"], answer["lost"], answer["doubled"], answer["server_errors"]) == (8, 0, 0, 0)
    assert all(applications.limits(answer).values()), answer
