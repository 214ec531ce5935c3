"""How many tips are mailed to whom, from whom and in all."""

import pytest
from django.urls import reverse

from mailing.models import Letter
from procurement_portal.models import NoMoreTips
from procurement_portal.models.no_more_tips import mark_of
from tests.procurement_portal.referrals import ask, data, outcomes

pytestmark = pytest.mark.django_db


def test_a_colleague_gets_one_tip_in_thirty_days():
    first = ask(known=True)
    others = [
        ask(known=True, sender="bo@example.org"),
        ask(known=True, sender="bo@example.org", recipient="KOLLEGA+jobb@example.org", kind="portal"),
    ]
    assert outcomes(first, *others) == ["sent", "withheld", "withheld"]
    assert Letter.objects.count() == 1


def test_the_counter_for_a_colleague_lasts_thirty_days_and_holds_no_address(redis_server, settings):
    ask(known=True)
    # Ours only: the server may be that of other test processes, too.
    (key,) = redis_server.scan_iter(f"{settings.REDIS_PREFIX}*limits:referral-recipient*")
    assert 29 * 86_400 < redis_server.ttl(key) <= 30 * 86_400
    assert b"kollega" not in key


def test_a_sender_has_five_tips_a_day():
    tips = [ask(known=True, recipient=f"kollega{number}@example.org") for number in range(6)]
    assert outcomes(*tips) == ["sent"] * 5 + ["withheld"]


def test_nobody_can_have_us_fill_the_inbox_of_a_pretended_sender():
    tips = [ask(recipient=f"kollega{number}@example.org", network=f"192.0.2.{number}") for number in range(6)]
    assert outcomes(*tips) == ["waiting"] * 5 + ["withheld"]
    assert Letter.objects.filter(to="anna@example.org").count() == 5


def test_a_network_has_ten_tips_an_hour(client, tip_page):
    for number in range(11):
        response = client.post(tip_page, data(sender=f"a{number}@example.org", recipient=f"b{number}@example.org"))
        assert response.headers["Location"] == reverse("procurement_portal:referral_asked")
    assert Letter.objects.count() == 10
    client.post(tip_page, data(sender="c@example.org"), REMOTE_ADDR="192.0.2.99")
    assert Letter.objects.count() == 11


def test_the_whole_site_sends_so_many_mails_a_day(settings):
    settings.REFERRALS_PER_DAY = 3
    tips = [ask(sender=f"a{number}@example.org", recipient=f"b{number}@example.org") for number in range(2)]
    tips[0].confirm()
    tips[1].confirm()
    assert outcomes(*tips) == ["sent", "withheld"]
    assert outcomes(ask(sender="c@example.org")) == ["withheld"]
    assert Letter.objects.count() == 3


def test_two_hundred_is_the_standard(settings):
    assert settings.REFERRALS_PER_DAY == 200


def test_a_limit_reached_for_the_day_leaves_the_colleague_free_for_another(settings):
    settings.REFERRALS_PER_DAY = 1
    ask(known=True)
    ask(known=True, recipient="annan@example.org")
    settings.REFERRALS_PER_DAY = 200
    assert outcomes(ask(known=True, recipient="annan@example.org")) == ["sent"]


def test_the_answer_is_the_same_whatever_became_of_it(client, member_client, tip_page):
    ask(known=True, sender="nagon@example.org")
    NoMoreTips.add(mark_of("nej@example.org"))
    answers = {
        (response.status_code, response.headers["Location"])
        for response in (
            client.post(tip_page, data()),
            client.post(tip_page, data(recipient="nej@example.org")),
            client.post(tip_page, data(sender="nej@example.org")),
        )
    }
    assert answers == {(302, reverse("procurement_portal:referral_asked"))}
    answers = {
        (response.status_code, response.headers["Location"])
        for response in (
            member_client.post(tip_page, data(recipient="ny@example.org")),
            member_client.post(tip_page, data()),
            member_client.post(tip_page, data(recipient="nej@example.org")),
        )
    }
    assert answers == {(302, reverse("procurement_portal:referral_sent"))}


def test_what_redis_cannot_count_is_not_mailed(monkeypatch):
    def down(*_args, **_options):
        raise ConnectionError

    monkeypatch.setattr("antispam.limits.cache.add", down)
    assert outcomes(ask(known=True), ask()) == ["withheld", "withheld"]
    assert Letter.objects.count() == 0
