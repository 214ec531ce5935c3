"""`bin/ci`: everything that must hold before a change is taken in. Runs all steps, tests last; fails if any fails."""

import os
import subprocess
import sys
import time
from pathlib import Path

PYTHON = sys.executable
BIN = Path(sys.executable).parent
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz",
    "SITE_URL": "https://labb.example.org",
    "DATABASE_URL": "postgresql://site@db.example.org/site",
    "REDIS_URL": "redis://redis.example.org/0",
    "EMAIL_URL": "smtp+tls://site:secret@mail.example.org:587",
    "CONTACT_EMAIL": "hjalp@example.org",
    "DEFAULT_FROM_EMAIL": "Innovationslabbet <labb@example.org>",
    "TRUST_PROXY": "1",
}

STEPS: dict[str, tuple[list[str], dict[str, str]]] = {
    "lint": ([f"{BIN}/ruff", "check"], {}),
    "format": ([f"{BIN}/ruff", "format", "--check"], {}),
    "templates": ([f"{BIN}/djlint", "templates", "--lint", "--quiet"], {}),
    "types": ([f"{BIN}/mypy", "."], {}),
    "floors": ([f"{BIN}/lint-imports"], {}),
    "addresses": ([PYTHON, "-m", "development.package_addresses"], {}),
    "translations": ([PYTHON, "-m", "development.translations"], {}),
    "migrations": (["bin/manage", "makemigrations", "--check", "--dry-run"], {}),
    "deployment": ([PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
}


def main() -> int:
    failed = [name for name, (command, changes) in STEPS.items() if not _step(name, command, changes)]
    if failed:
        _say(f"Failed so far: {', '.join(failed)}. The tests are still run.")
    tests_pass = subprocess.run(["bin/test"], check=False).returncode == 0
    return 0 if tests_pass and not failed else 1


def _step(name: str, command: list[str], changes: dict[str, str]) -> bool:
    """Runs one step and shows what it says only if it fails."""
    started = time.monotonic()
    result = subprocess.run(
        command, env={**os.environ, **changes}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    passed = result.returncode == 0
    _say(f"{'ok    ' if passed else 'FAILED'} {name:<14}{time.monotonic() - started:6.1f} s")
    if not passed:
        _say(result.stdout)
    return passed


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
