"""Servers for the tests: started once, before the test processes, unless DATABASE_URL and REDIS_URL name others."""

import sys
import time

import pytest
from django.conf import settings

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
        sys.stderr.write("Another test run uses the servers in var/test; waiting for it to end …\n")
        servers.own(wait=3600)
    started = time.monotonic()
    servers.start()
    session.config.stash[servers_key] = servers
    sys.stderr.write(f"Embedded servers started in {time.monotonic() - started:.1f} s.\n")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    servers = config.stash.get(servers_key, None)
    if servers is not None:
        servers.stop()
