"""The processes of the site, from `Procfile`: the same commands on a laptop, in a container and on a server."""

import shlex
from pathlib import Path

PROCFILE = Path(__file__).resolve().parent.parent / "Procfile"


def commands() -> dict[str, list[str]]:
    """Each process's name with its command, in the order of the file."""
    lines = (line.partition(":") for line in PROCFILE.read_text().splitlines() if line.strip())
    return {name.strip(): shlex.split(command) for name, _, command in lines}
