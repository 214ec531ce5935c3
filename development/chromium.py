"""A Chromium for the browser tests: found, or installed. `python -m development.chromium` prints its path."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


class NoChromiumError(Exception):
    """There is no Chromium and none could be installed; the message says what to do."""


def find() -> str | None:
    """The Chromium named by CHROMIUM, one on the PATH, or Playwright's own. Raises NoChromiumError on a wrong name."""
    named = os.environ.get("CHROMIUM")
    if named:
        path = shutil.which(named)
        if path is None:
            raise NoChromiumError(f"CHROMIUM is {named!r}, which is not a program that can be run.")
        return path
    return next((path for name in NAMES if (path := shutil.which(name))), None) or _playwrights_own()


def find_or_install() -> str:
    """The path of a Chromium. Raises NoChromiumError when there is none and none can be installed."""
    found = find()
    for install in (_install_with_apt, _install_with_playwright):
        if found is None and install():
            found = find()
    if found is None:
        raise NoChromiumError(
            "The browser tests need Chromium: install it (Debian: apt install chromium) or set CHROMIUM to its path."
        )
    return found


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return shutil.which(playwright.chromium.executable_path)


def _install_with_apt() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    sys.stderr.write("Installing Chromium with apt …\n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    update = ["apt-get", "update", "--quiet"]
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium"]
    return _succeeds(update, environment) and _succeeds(install, environment)


def _install_with_playwright() -> bool:
    sys.stderr.write("Installing Chromium with Playwright …\n")
    return _succeeds([sys.executable, "-m", "playwright", "install", "chromium"])


def _succeeds(command: list[str], environment: dict[str, str] | None = None) -> bool:
    """Runs the command and says whether it succeeded; what it writes goes to stderr."""
    return subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode == 0


def main() -> int:
    try:
        sys.stdout.write(f"{find_or_install()}\n")
    except NoChromiumError as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
