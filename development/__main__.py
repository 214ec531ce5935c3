"""`bin/dev`: the whole site on this machine, from an empty folder to an address to open."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from django.conf import settings

from development import ports, procfile
from development.embedded import ServerDidNotStart
from development.servers import AlreadyOwned, EmbeddedServers
from development.supervisor import Stopped, Supervisor

MAIL_PORT = 1025


def main() -> int:
    port = _port()
    if not ports.is_free(port):
        return _refuse(f"Port {port} is in use. Choose another, like: PORT={port + 1} bin/dev")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    var_dir = Path(settings.VAR_DIR)
    servers = EmbeddedServers(var_dir)
    try:
        servers.own(wait=3)
    except AlreadyOwned:
        return _refuse(f"The servers in {var_dir} are in use: bin/dev or a bin/manage command runs there already.")
    supervisor = Supervisor(_environment(port))
    try:
        servers.start()
        supervisor.run("prepare", [sys.executable, "-m", "development.prepare"])
        _start(supervisor, var_dir)
        _welcome(supervisor)
        name = supervisor.watch()
        supervisor.say(f"{name} ended by itself, so everything ends. Its last lines are above.")
    except Stopped:
        supervisor.say("Stopping …")
        return 0
    except ServerDidNotStart as failure:
        supervisor.say(str(failure))
    except subprocess.CalledProcessError as failure:
        supervisor.say(f"`{' '.join(failure.cmd[1:])}` failed; what it said is above.")
    finally:
        supervisor.stop()
        servers.stop()
    return 1


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 1 <= int(given) <= 65535:
        raise SystemExit(f"PORT is {given!r}; it needs a number from 1 to 65535.")
    return int(given)


def _environment(port: int) -> dict[str, str]:
    """What the processes get to know beyond our own environment."""
    scripts = str(Path(sys.executable).parent)
    # One web process starts, and starts anew after each change, twice as fast as two.
    defaults = {"WEB_WORKERS": "1", "PYTHONUNBUFFERED": "1"}
    environment = {**defaults, **os.environ, "PORT": str(port)}
    environment["PATH"] = f"{scripts}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    if not os.environ.get("EMAIL_URL"):
        mail_port = MAIL_PORT if ports.is_free(MAIL_PORT) else ports.free_port()
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
    return environment


def _start(supervisor: Supervisor, var_dir: Path) -> None:
    if not os.environ.get("EMAIL_URL"):
        mail_port = supervisor.environment["EMAIL_URL"].rpartition(":")[2]
        catcher = [sys.executable, "-m", "development.mail_catcher", mail_port, str(var_dir / "mail")]
        supervisor.start("mail", catcher)
    for name, command in procfile.commands().items():
        supervisor.start(name, [*command, "--reload"] if name == "web" else command)


def _welcome(supervisor: Supervisor) -> None:
    """Says where to look, once there is something to see."""
    address = os.environ["SITE_URL"]
    while not _is_ready(f"{address}/readyz"):
        supervisor.check()
        ended = [name for name, process in supervisor.processes.items() if process.poll() is not None]
        if ended:
            return
        supervisor.pause(0.3)
    supervisor.say("")
    supervisor.say(f"The site is at {address}/")
    supervisor.say(f"Sign in as one of the demo people, one click each: {address}/konto/")
    if not os.environ.get("EMAIL_URL"):
        supervisor.say(f"Every e-mail it sends is kept at {address}/brevlada/")
    supervisor.say("Ctrl-C stops it; the data stays in var/.")
    supervisor.say("")


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
