"""Whether no tracked file says where packages come from: that is the business of each machine's own configuration."""

import re
import subprocess
import sys
from pathlib import Path

# Known by their shape: the clients' options, and the paths that indexes of Python and JavaScript packages have.
# Written in pieces, so that this file does not find itself.
FORBIDDEN = re.compile(
    "|".join(
        [
            r"--(?:extra-)?index" + "-url",
            "--find" + "-links",
            r"https?://[^ \"']+/(?:simp" + r"le(?:/|[\"' ]|$)|packages/[0-9a-f]{2}/|-/[a-z0-9.-]+\.tgz)",
        ]
    )
)


def main() -> int:
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True).stdout
    found = False
    for name in filter(None, listed.split("\0")):
        path = Path(name)
        if not path.is_file():
            continue
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), start=1):
            if FORBIDDEN.search(line):
                found = True
                sys.stdout.write(f"{name}:{number}: {line.strip()[:100]}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
