"""Whether every string of the interface has its Swedish: `python -m development.translations`.

Collects the strings anew in a copy of the project and compares them with the catalogues in `locale/`.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
DOMAINS = {"django": "html,txt,py", "djangojs": "js"}
# Collecting knows gettext by its own names and as _; under any other it passes its sentences over.
OTHER_NAME = re.compile(r"\bn?p?gettext(?:_lazy)? as (?!_\b)\w+")
IGNORED = ("tests/*", "benchmarks/*", "static/vendor/*")


def main() -> int:
    if not _gettext_is_here():
        sys.stderr.write("Collecting strings needs gettext: install it (Debian: apt install gettext).\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_tracked_files(copy)
        for domain, extensions in DOMAINS.items():
            _collect(copy, domain, extensions)
        problems = [problem for domain in DOMAINS for problem in _compare(copy, domain)]
        problems += _other_names(copy)
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    return 1 if problems else 0


def _gettext_is_here() -> bool:
    if shutil.which("msgfmt"):
        return True
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    commands = (["apt-get", "update", "--quiet"], ["apt-get", "install", "--yes", "--quiet", "gettext"])
    return all(subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0 for command in commands)


def _copy_tracked_files(copy: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)


def _collect(copy: Path, domain: str, extensions: str) -> None:
    command = [sys.executable, "manage.py", "makemessages", "--locale", "sv", "--domain", domain]
    command += ["--extension", extensions, "--no-obsolete", "--no-wrap", "--verbosity", "0"]
    for pattern in IGNORED:
        command += ["--ignore", pattern]
    subprocess.run(command, cwd=copy, env={**os.environ, "DEBUG": "1"}, check=True)


def _compare(copy: Path, domain: str) -> Iterator[str]:
    """A line for each string without its Swedish, and for each Swedish string that nothing shows any more."""
    path = Path("locale", "sv", "LC_MESSAGES", f"{domain}.po")
    collected = _entries(copy / path)
    kept = _entries(ROOT / path)
    for key, entry in collected.items():
        where = ", ".join(name for name, _ in entry.occurrences[:3])
        if key not in kept or not kept[key].translated():
            yield f"{path}: not translated: {entry.msgid!r} ({where})"
    for key in kept.keys() - collected.keys():
        yield f"{path}: no longer used: {kept[key].msgid!r}"


def _other_names(copy: Path) -> Iterator[str]:
    """A line for each import that would hide sentences from collecting."""
    for path in sorted(set(copy.rglob("*.py")) - set((copy / "tests").rglob("*.py"))):
        for found in OTHER_NAME.findall(path.read_text()):
            yield f"{path.relative_to(copy)}: write _ or the function's own name: {found!r}"


def _entries(path: Path) -> dict[tuple[str | None, str], polib.POEntry]:
    if not path.exists():
        return {}
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path)) if not entry.obsolete}


if __name__ == "__main__":
    sys.exit(main())
