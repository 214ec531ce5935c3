"""What became of a mail, in the reader's language: the mail server's own words, or ours where it said none."""

import re

from django.utils.translation import gettext as _

from newsletter.models.handling_sql import DIED

# A mail server's answer begins with its code (RFC 5321, 4.2). All else was written down by us, for whoever mends it.
ANSWER = re.compile(r"[2-5]\d\d\b")
# smtplib gives every error in the middle of a talk the first of these names; the others come from opening one.
BROKEN_OFF = ("SMTPServerDisconnected",)
NOBODY_THERE = ("ConnectionRefusedError", "TimeoutError", "gaierror", "OSError", "SMTPConnectError", "SSL")


def told(words: str) -> str:
    """The words of a delivery or an issue's trouble as people read them."""
    if not words or ANSWER.match(words):
        return words
    if words == DIED:
        return _("The sending was interrupted just as the mail was handed over.")
    if words.startswith(BROKEN_OFF):
        return _("The connection to the mail server broke off.")
    if words.startswith(NOBODY_THERE):
        return _("No connection to the mail server could be made.")
    if words.startswith(("ValueError", "BadHeaderError")):
        return _("The mail could not be put together for this address.")
    return _("Something of ours went wrong: %(words)s") % {"words": words}
