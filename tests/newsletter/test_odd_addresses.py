"""Odd but valid addresses get their mail: in the envelope and the header they stand as we keep them."""

import pytest

from mailing.models import Letter
from mailing.outbox import deliver
from newsletter import mails
from newsletter.models.address import normalised
from tests.newsletter.factories import make_entry, make_issue, make_subscriber

pytestmark = pytest.mark.django_db(transaction=True)
ODD = [
    "o'brien@example.org", "x+y@example.org", '"odd but valid"@example.org', '"a@b"@example.org',
    '"a,b;c:d"@example.org', "anna@räksmörgås.example", "anna@☕.example", "!#$%&'*+/=?^_`{|}~-@example.org",
    f"{'a' * 64}@example.org",
]  # fmt: skip


@pytest.mark.parametrize("typed", ODD)
def test_a_letter_and_an_issue_reach_it(typed, sink, coordinator):
    subscriber = make_subscriber(normalised(typed))
    mails.already_subscribing(subscriber)
    deliver(Letter.objects.get().pk)
    make_entry()
    make_issue().send(by=coordinator)
    assert [address for address, _content in sink.raw] == [subscriber.email] * 2
    for number in range(2):
        (to,) = sink.message(number)["To"].addresses
        assert f"{to.username}@{to.domain}".replace('"', "") == subscriber.email.replace('"', "")
