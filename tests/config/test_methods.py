"""A wrong method is 405, also where Django would take it for another."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize("name", ["robots", "sitemap", "newsletter:feed"])
@pytest.mark.parametrize("method", ["put", "delete", "post"])
def test_what_is_only_read_is_only_read(client, db, name, method):
    assert getattr(client, method)(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", ["pictures:transfers", "pictures:removal"])
@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_pictures_are_sent_by_post_alone(client, db, name, method):
    assert getattr(client, method)(reverse(name), headers={"Tus-Resumable": "1.0.0"}).status_code == 405


@pytest.mark.parametrize("name", ["procurement_portal:apply", "procurement_portal:tip_us", "account_login"])
def test_a_form_is_not_put(client, db, name):
    assert client.put(reverse(name)).status_code == 405
