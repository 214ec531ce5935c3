"""What every test stands on: the servers, started once before the test processes unless DATABASE_URL and REDIS_URL
name others, and an empty cache."""

import sys
import time
from importlib import import_module

import pytest
import redis
from django.apps import apps
from django.conf import settings
from django.db.models.signals import post_migrate

from development.servers import AlreadyOwned, EmbeddedServers

servers_key = pytest.StashKey[EmbeddedServers]()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return
    servers = EmbeddedServers(settings.VAR_DIR, durable=False)
    if not servers.servers:
        return
    try:
        servers.own()
    except AlreadyOwned:
        sys.stderr.write(f"Another test run uses the servers in {settings.VAR_DIR}; waiting for it to end …\n")
        servers.own(wait=3600)
    started = time.monotonic()
    servers.start()
    session.config.stash[servers_key] = servers
    sys.stderr.write(f"Embedded servers started in {time.monotonic() - started:.1f} s.\n")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes, unless the run asks for it: `bin/test -m nightly`."""
    if "nightly" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("nightly")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    servers = config.stash.get(servers_key, None)
    if servers is not None:
        servers.stop()


@pytest.fixture(scope="session")
def redis_server() -> redis.Redis:
    """The server behind the cache and the queues."""
    return redis.Redis.from_url(settings.REDIS_URL)


@pytest.fixture(autouse=True)
def nothing_left_in_redis(redis_server: redis.Redis) -> None:
    """No test finds what an earlier one cached, counted towards a rate limit or put in a queue."""
    keys = [key for key in redis_server.scan_iter(f"{settings.REDIS_PREFIX}*", count=1000) if b"_kombu" not in key]
    if keys:
        redis_server.delete(*keys)


@pytest.fixture(scope="session", autouse=True)
def focus_areas_come_back() -> None:
    """A transactional test leaves every table empty, also those that a migration filled; this fills them again."""
    fill = import_module("labs.migrations.0002_focus_areas").add
    post_migrate.connect(lambda **_: fill(apps, None), sender=apps.get_app_config("labs"), weak=False)
