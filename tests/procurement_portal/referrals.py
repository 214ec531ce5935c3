"""What tests of tips to colleagues do again and again."""

import re
import uuid

from mailing.models import Letter
from procurement_portal.models import Referral
from tests.procurement_portal.factories import ticket


def data(**changes) -> dict[str, str]:
    """What a browser sends with the form. A value of None leaves the field out."""
    values = {"ticket": ticket(), "nickname": "", "recipient": "kollega@example.org", "sender": "anna@example.org"}
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def link_in(letter: Letter, part: str) -> str:
    """The path of the link in a letter that has `part` in it."""
    found = re.search(rf"https?://[^/]+(/\S*?{part}\S*)", letter.text)
    assert found
    return found[1]


def ask(**fields) -> Referral:
    """A tip as the view takes it in."""
    values = {
        "network": "192.0.2.1",
        "known": False,
        "form_key": uuid.uuid4(),
        "kind": "portal",
        "sender": "anna@example.org",
        "recipient": "kollega@example.org",
        **fields,
    }
    return Referral.ask(**values)


def outcomes(*referrals: Referral) -> list[str]:
    return [Referral.objects.get(pk=each.pk).state for each in referrals]
