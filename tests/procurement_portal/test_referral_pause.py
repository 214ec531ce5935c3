"""With our mails turned off there are the link and one’s own mail program."""

import pytest

from mailing.models import Letter
from procurement_portal.models import Referral, ReferralPause
from procurement_portal.models.referral import ReferralsClosed
from tests.procurement_portal.referrals import ask, data, outcomes

pytestmark = pytest.mark.django_db


def turn_off(settings, coordinator, how: str) -> None:
    if how == "setting":
        settings.REFERRALS_PER_DAY = 0
    else:
        ReferralPause.begin(by=coordinator, because="Någon missbrukar dem.")


@pytest.mark.parametrize("how", ["setting", "pause"])
def test_with_the_switch_off_there_are_the_link_and_ones_own_mail(client, tip_page, settings, coordinator, how):
    turn_off(settings, coordinator, how)
    text = client.get(tip_page).content.decode()
    assert ("mailto:?subject" in text, "readonly" in text, 'name="recipient"' in text) == (True, True, False)
    assert ("Vi mejlar inga tips just nu" in text, "missbrukar" in text) == (True, False)
    with pytest.raises(ReferralsClosed):
        ask()


@pytest.mark.parametrize("how", ["setting", "pause"])
def test_a_form_that_was_open_when_it_was_turned_off_shows_the_other_ways(client, tip_page, settings, coordinator, how):
    turn_off(settings, coordinator, how)
    response = client.post(tip_page, data())
    text = response.content.decode()
    assert (response.status_code, "Ditt tips skickades inte." in text, "mailto:?subject" in text) == (409, True, True)
    assert (Referral.objects.count(), Letter.objects.count()) == (0, 0)


@pytest.mark.parametrize("how", ["setting", "pause"])
def test_a_link_mailed_before_it_was_turned_off_shows_the_other_ways(client, settings, coordinator, how):
    waiting = ask()
    turn_off(settings, coordinator, how)
    for response, status in [
        (client.get(waiting.get_confirmation_url()), 200),
        (client.post(waiting.get_confirmation_url()), 409),
    ]:
        text = response.content.decode()
        assert (response.status_code, "Tipsa vidare själv" in text, "mailto:?subject" in text) == (status, True, True)
    assert (outcomes(waiting), Letter.objects.count()) == (["waiting"], 1)


def test_a_link_works_again_once_it_is_turned_on(client, coordinator):
    waiting = ask()
    ReferralPause.begin(by=coordinator, because="Någon missbrukar dem.")
    ReferralPause.end_current(by=coordinator)
    assert client.post(waiting.get_confirmation_url()).status_code == 302
    assert outcomes(waiting) == ["sent"]
