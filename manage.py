#!/usr/bin/env python
"""Django's command line: `bin/manage <command>` runs it with the project's environment."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as failure:
        if os.environ.get("DATABASE_URL"):
            raise
        sys.exit(f"The embedded PostgreSQL does not answer: run this as bin/manage, or start bin/dev.\n({failure})")


if __name__ == "__main__":
    main()
