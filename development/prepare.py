"""Brings the database up to date and loads the demo content, in one process: starting Django twice takes seconds."""

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_demo")


if __name__ == "__main__":
    main()
