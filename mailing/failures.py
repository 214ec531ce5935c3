"""Tells a mail server's "no" from its "not now"."""

import smtplib

from django.core.mail import BadHeaderError


def is_final(error: Exception) -> bool:
    """Whether trying again cannot help: the server refused recipient or message for good (5xx), or we wrote nonsense.

    A failed login or a broken connection is the server's trouble, not the letter's, and is tried again.
    """
    if isinstance(error, BadHeaderError | UnicodeError):
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reply in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False
    return isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) and error.smtp_code >= 500
