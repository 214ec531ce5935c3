"""Which words of a mail server mean that there is no such mailbox."""

import pytest

from newsletter.severity import kind_of


@pytest.mark.parametrize(
    ("status", "diagnostic", "kind"),
    [
        ("5.1.1", "550 5.1.1 user unknown", "hard"),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "hard"),
        ("5.2.1", "550 5.2.1 The account is disabled", "hard"),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "hard"),
        ("5.4.4", "", "hard"),
        ("5.0.0", "550 5.1.1 no such user", "hard"),
        ("5.0.0", "550 No such user here", "hard"),
        ("5.0.0", "", "hard"),
        ("", "550 unknown user", "hard"),
        ("5.2.2", "552-5.2.2 out of storage space", "soft"),
        ("5.0.0", "552 Mailbox is full", "soft"),
        ("", "Quota exceeded", "soft"),
        ("4.4.7", "4.4.7 expired", "soft"),
        ("4.2.2", "", "soft"),
        ("4.0.0", "", "soft"),
        ("", "451 try again later", "soft"),
        ("5.3.0", "554 5.3.0 system trouble", "soft"),
        ("5.4.0", "could not resolve the host", "soft"),
        ("5.7.1", "550 5.7.1 blocked", "other"),
        ("5.7.26", "550-5.7.26 unauthenticated", "other"),
        ("5.0.0", "554 Message refused: it looks like spam", "other"),
        ("5.0.0", "550 SPF check failed", "other"),
        ("", "550 Message too large", "other"),
        ("", "550 relay not permitted", "other"),
        ("", "550 unknown user <relay@example.org>", "hard"),
        ("", "550 <labb@example.org>: Sender address rejected: not logged in", "other"),
        ("", "550 Sender verify failed", "other"),
        ("", "550 Please turn on SMTP\nAuthentication in your mail client", "other"),
        ("5.3.4", "552 5.3.4 too big", "other"),
        ("5.1.8", "553 5.1.8 Domain of sender does not resolve", "other"),
        ("4.7.0", "421 4.7.0 too many of you", "other"),
        ("5.6.0", "", "other"),
        ("Exim 4.96.2", "550 unknown user at 10.5.1.1", "hard"),
        ("2.0.0", "550 5.1.1.", "hard"),
    ],
)
def test_a_failure_is_of_a_kind(status, diagnostic, kind):
    assert kind_of(status, diagnostic) == kind


def test_without_any_words_it_is_what_the_reporter_says():
    assert kind_of("", "", permanent=False) == "soft"
