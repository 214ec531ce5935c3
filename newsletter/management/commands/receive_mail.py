import logging
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from newsletter.inbound import Result, kept, receive

logger = logging.getLogger(__name__)

# More than mail servers take; the rest of a larger mail is dropped.
MOST_BYTES = 50 * 2**20


class Command(BaseCommand):
    help = (
        "Reads one mail that came back to us from standard input, as a mail server pipes it. "
        "Ends with 0 when it is taken care of, and with 75 when the mail server is to try again."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recipient", action="append", default=[], help="the envelope recipient, if it is known")

    def handle(self, *args: Any, recipient: list[str], **options: Any) -> None:
        try:
            raw = sys.stdin.buffer.read(MOST_BYTES)
            while sys.stdin.buffer.read(2**20):
                pass  # a mail server takes a reader that leaves early for one that has died
            if receive(raw, tuple(recipient)) is Result.FOR_A_PERSON:
                self.stderr.write(f"This mail takes a person to read it: {kept.keep(raw)}")
        except Exception:
            logger.exception("The mail could not be taken care of")
            sys.exit(os.EX_TEMPFAIL)
