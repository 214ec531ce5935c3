"""The one-click sign-in of the demo people, and that it cannot exist outside development."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from accounts.models import User


@pytest.fixture
def demo_coordinator(db):
    return User.objects.create_user("demo@example.org", "Demo Chef", is_coordinator=True, is_demo=True)


def test_the_sign_in_page_lists_the_demo_people_and_nobody_else(client, demo_coordinator, lab_member):
    page = client.get("/konto/logga-in/").content.decode()
    assert "Logga in som Demo Chef" in page
    assert lab_member.name not in page


def test_one_click_signs_in_with_the_second_step_satisfied(client, demo_coordinator):
    response = client.post(reverse("development:demo_sign_in", args=[demo_coordinator.pk]))
    assert (response.status_code, response.url) == (302, "/konto/")
    assert client.get("/konto/personer/").status_code == 200


def test_a_click_takes_the_place_of_whoever_was_signed_in(member_client, demo_coordinator):
    member_client.post(reverse("development:demo_sign_in", args=[demo_coordinator.pk]))
    assert member_client.session["_auth_user_id"] == str(demo_coordinator.pk)


def test_only_demo_people_and_only_by_post(client, demo_coordinator, lab_member):
    assert client.get(reverse("development:demo_sign_in", args=[demo_coordinator.pk])).status_code == 405
    assert client.post(reverse("development:demo_sign_in", args=[lab_member.pk])).status_code == 404
    User.objects.filter(pk=demo_coordinator.pk).update(is_active=False)
    assert client.post(reverse("development:demo_sign_in", args=[demo_coordinator.pk])).status_code == 404


IN_PRODUCTION = """
import django
django.setup()
from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.conf import settings
from accounts.models import User
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
assert not apps.is_installed("development")
try:
    reverse("development:demo_sign_in", args=[1])
except NoReverseMatch:
    pass
else:
    raise SystemExit("the address exists")
person = User.objects.create_user("demo-in-production@example.org", "Demo I Drift", is_demo=True)
try:
    client = Client(HTTP_HOST="labb.example.org", SERVER_NAME="labb.example.org")
    page = client.get("/konto/logga-in/", secure=True)
    assert page.status_code == 200, page.status_code
    assert "Demo I Drift" not in page.content.decode()
    assert client.post(f"/demo/{person.pk}/", secure=True).status_code == 404
    assert client.get("/brevlada/", secure=True).status_code == 404
finally:
    person.delete()
"""


def test_none_of_it_exists_outside_development(transactional_db, tmp_path):
    database = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}")
    env = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "REDIS_URL"}},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "0",
        "SECRET_KEY": "only for this test " * 4,
        "SITE_URL": "https://labb.example.org",
        "DATABASE_URL": urlunsplit(database),
        "REDIS_URL": settings.REDIS_URL,
        "VAR_DIR": str(tmp_path),
        "EMAIL_URL": "smtp://localhost:25",
        "DEFAULT_FROM_EMAIL": "labb@labb.example.org",
        "CONTACT_EMAIL": "labb@labb.example.org",
    }
    result = subprocess.run(
        [sys.executable, "-c", IN_PRODUCTION],
        env=env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (result.returncode, result.stderr[-300:] if result.returncode else "") == (0, "")
