import re

import pytest
from django.db import IntegrityError, transaction

from mailing.models import Letter
from procurement_portal.models import NoMoreTips
from procurement_portal.models.no_more_tips import mark_of
from tests.procurement_portal.referrals import ask, link_in, outcomes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("to", ["anna@example.org", "kollega@example.org"])
def test_each_mail_lets_its_reader_never_get_one_again(client, redis_server, settings, to):
    referral = ask()
    referral.confirm()
    no_more = link_in(Letter.objects.get(to=to), "/inga-fler/")
    assert (client.get(no_more).status_code, NoMoreTips.objects.count()) == (200, 0)
    assert [client.post(no_more).status_code for _ in range(2)] == [200, 200]
    assert NoMoreTips.objects.get().mark == mark_of(to)
    # Ours only: the server may be that of other test processes, too.
    redis_server.delete(*redis_server.scan_iter(f"{settings.REDIS_PREFIX}*limits:*"))
    assert outcomes(ask(known=True, sender="bo@example.org", recipient=to.upper())) == ["withheld"]
    assert outcomes(ask(sender=to)) == ["withheld"]


@pytest.mark.parametrize("token", ["forged", "0" * 32, f"{'0' * 32}.x", "%00"])
def test_nobody_says_no_for_others(client, token):
    url = f"/inkopsportalen/tipsa-en-kollega/inga-fler/{token}/"
    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]
    assert NoMoreTips.objects.count() == 0


def test_the_list_of_those_who_said_no_holds_no_addresses():
    NoMoreTips.add(mark_of("kollega@example.org"))
    with pytest.raises(IntegrityError), transaction.atomic():
        NoMoreTips.objects.create(mark="kollega@example.org")
    assert re.fullmatch("[0-9a-f]{32}", NoMoreTips.objects.get().mark)


def test_a_mark_is_that_of_a_mailbox_and_nobody_elses():
    assert mark_of("Anna+tips@Example.org") == mark_of("anna@example.org")
    assert mark_of("+anna@example.org") != mark_of("+bo@example.org")
    assert mark_of("anna@example.org") != mark_of("anna@example.com")
