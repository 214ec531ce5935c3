"""`bin/manage`: a Django command with the servers it needs, borrowed from a running `bin/dev` or started for it."""

import os
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management import execute_from_command_line

from development.servers import AlreadyOwned, EmbeddedServers


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    servers = EmbeddedServers(Path(settings.VAR_DIR))
    try:
        servers.start()
    except AlreadyOwned:
        _wait_for(servers)
    try:
        execute_from_command_line(["bin/manage", *sys.argv[1:]])
    finally:
        servers.stop()


def _wait_for(servers: EmbeddedServers) -> None:
    """The servers belong to bin/dev, or to another bin/manage, which may be starting them at this moment."""
    deadline = time.monotonic() + 10
    while not servers.answer() and time.monotonic() < deadline:
        time.sleep(0.1)


if __name__ == "__main__":
    main()
