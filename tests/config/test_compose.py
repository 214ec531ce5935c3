"""docker-compose.yml says the same as Procfile, settings.py and the brief's limits."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from development import procfile
from tests.config.test_settings import value

ROOT = Path(settings.BASE_DIR)


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


@pytest.mark.parametrize("name", ["web", "worker", "sender", "beat"])
def test_a_process_runs_the_command_of_the_procfile(services, name):
    assert shlex.split(services[name]["command"]) == procfile.commands()[name]


def test_the_procfile_has_no_process_that_compose_lacks(services):
    assert set(procfile.commands()) <= set(services)


def test_the_image_starts_the_web_process_by_default():
    last_line = (ROOT / "Dockerfile").read_text().strip().splitlines()[-1]
    assert re.findall(r'"([^"]+)"', last_line) == procfile.commands()["web"]


def test_the_workers_take_every_queue_that_tasks_are_sent_to():
    commands = [procfile.commands()[name] for name in ("worker", "sender")]
    queues = {queue for command in commands for queue in command[command.index("--queues") + 1].split(",")}
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert queues == routed | {settings.CELERY_TASK_DEFAULT_QUEUE}


def test_every_lasting_service_is_watched_and_comes_back(services):
    for name, service in services.items():
        if name != "migrate":
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name


@pytest.mark.parametrize("name", ["worker", "sender"])
def test_a_worker_is_asked_by_the_name_it_has(services, name):
    command = procfile.commands()[name]
    node = command[command.index("--hostname") + 1] if "--hostname" in command else "celery@%h"
    asked = shlex.split(services[name]["healthcheck"]["test"][-1])
    assert asked[asked.index("--destination") + 1] == node.replace("%h", "$$HOSTNAME")


def test_nothing_of_the_site_starts_before_its_tables_are_there(services):
    for name in ("web", "worker", "sender", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_secrets_come_from_the_environment_and_are_demanded(services):
    for variable in ("SECRET_KEY", "SITE_URL", "DATABASE_URL", "EMAIL_URL"):
        assert re.search(r"\$\{[A-Z_]+:\?[^}]+\}", services["web"]["environment"][variable]), variable


def test_every_variable_given_is_one_that_the_settings_read(services):
    source = "".join((ROOT / "config" / name).read_text() for name in ("settings.py", "gunicorn.py"))
    for variable in services["web"]["environment"]:
        assert f'"{variable}"' in source, variable


# Every setting, but for words and for where in memory it is, and what gunicorn makes of its own.
EVERYTHING = (
    "{name: settings.re.sub('0x[0-9a-f]+', '', repr(getattr(settings, name))) for name in dir(settings)"
    " if name.isupper() and name != 'LANGUAGES'},"
    " [(g.bind, g.workers, g.threads) for g in [__import__('config.gunicorn').gunicorn]]"
)

# Where things are inside, and what kind of place it is, follows from the file itself.
SETTLED = {"DEBUG", "DATABASE_URL", "REDIS_URL", "TRUST_PROXY", "VAR_DIR", "MEDIA_ROOT", "PORT", "WEB_HOST"}


def test_every_variable_of_the_readme_can_be_given(services):
    readme = (ROOT / "README.md").read_text()
    first_cells = re.findall(r"^\| (`[A-Z].*?) \|", readme, re.MULTILINE)
    variables = {name for cell in first_cells for name in re.findall(r"`([A-Z0-9_]+)`", cell)}
    assert {"SECRET_KEY", "NEWSLETTER_RATE", "S3_BUCKET"} <= variables
    for service in ("web", "worker", "sender", "beat", "migrate"):
        given = services[service]["environment"]
        assert {name for name in variables - SETTLED if f"${{{name}:" not in given.get(name, "")} == set(), service


def test_what_is_not_given_is_as_the_readme_says(services):
    """Compose hands on an empty value for a variable that is not in `.env`."""
    optional = [name for name, value in services["web"]["environment"].items() if value == f"${{{name}:-}}"]
    assert len(optional) > 25
    said = [value(EVERYTHING, **given) for given in ({}, dict.fromkeys(optional, ""))]
    assert said[0] == said[1]


def test_what_must_outlive_a_container_is_on_a_volume(services):
    kept = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert {"media", "postgres", "redis", "caddy"} <= kept


def test_only_the_proxy_can_be_reached_from_outside(services):
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]


def test_the_proxy_lets_three_pictures_of_200_mebibytes_through():
    limit = re.search(r"max_size (\d+)MiB", (ROOT / "config" / "Caddyfile").read_text())
    assert int(limit.group(1)) * 2**20 > 3 * 209_715_200


def test_the_image_has_the_program_that_compiles_the_translations():
    assert "pybabel compile" in (ROOT / "Dockerfile").read_text()
    assert re.search(r"^babel==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
