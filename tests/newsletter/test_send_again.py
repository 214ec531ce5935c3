"""“Send it again” on the thanks page, and what becomes of a link that is too old."""

import datetime

import pytest
from django.utils import timezone

from antispam.tickets import new_ticket
from mailing.models import Letter
from newsletter.forms.send_again import SendAgainForm
from newsletter.models import Subscriber
from newsletter.models.subscriber import CONFIRMATION_LASTS
from newsletter.tasks import sweep_subscribers
from tests.newsletter.factories import make_subscriber

pytestmark = pytest.mark.django_db
THANKS = "/nyhetsbrev/tack/"


@pytest.fixture
def sign_up(client, monkeypatch):
    monkeypatch.setattr("antispam.tickets.FILLED_IN_NO_FASTER_THAN", -1)

    def fill_in(email: str = "ny@example.org"):
        answer = {"email": email, "frequency": "weekly", "language": "sv", "consent": "on", "ticket": new_ticket()}
        return client.post("/nyhetsbrev/", answer)

    return fill_in


def later(minutes: int = 11) -> None:
    Subscriber.objects.update(last_letter_at=timezone.now() - datetime.timedelta(minutes=minutes))


def press(client):
    form = client.get(THANKS).context["again_form"]
    return client.post(THANKS, {"address": form.initial["address"]})


def test_the_letter_is_sent_once_more_after_a_while(client, sign_up):
    sign_up()
    assert press(client).status_code == 200
    assert Letter.objects.count() == 1
    later()
    assert "Vi har skickat det igen" in press(client).content.decode()
    assert [letter.to for letter in Letter.objects.all()] == ["ny@example.org", "ny@example.org"]


@pytest.mark.parametrize("state", [None, "pending", "active", "unsubscribed", "bounced", "complained"])
def test_the_pages_are_the_same_whatever_the_address_was(client, sign_up, state):
    sign_up("okand@example.org")
    expected = stripped(client.get(THANKS)), stripped(press(client))
    client.cookies.clear()
    if state:
        make_subscriber(state="pending" if state == "pending" else "active", email="ny@example.org")
        other = Subscriber.objects.get(email="ny@example.org")
        verbs = {"unsubscribed": other.leave, "bounced": other.bounce, "complained": other.complain}
        verbs.get(state, lambda: None)()
    sign_up("ny@example.org")
    assert (stripped(client.get(THANKS)), stripped(press(client))) == expected


def stripped(response) -> tuple[int, list[str]]:
    """Status and lines, without those that hold a secret made anew each time."""
    lines = response.content.decode().splitlines()
    return response.status_code, [line for line in lines if "csrf" not in line and "nonce" not in line]


def test_letters_cost_the_same_work_whether_they_go_or_not(sign_up, django_assert_num_queries, monkeypatch):
    written = []
    real = Letter.save
    monkeypatch.setattr(Letter, "save", lambda letter, **how: written.append(letter.to) or real(letter, **how))
    make_subscriber("skrap@example.org").complain()
    make_subscriber("aktiv@example.org", last_letter_at=timezone.now(), letters_sent=1)
    for email in ("okand@example.org", "skrap@example.org", "aktiv@example.org"):
        sign_up(email)
    assert written == ["okand@example.org", "skrap@example.org", "aktiv@example.org"]
    assert [letter.to for letter in Letter.objects.all()] == ["okand@example.org"]


def test_one_network_asks_ten_times_an_hour(client, sign_up):
    sign_up()
    assert [press(client).status_code for _each in range(11)] == [200] * 10 + [429]


@pytest.mark.parametrize("address", ["", "ny@example.org", "ny@example.org:forged", "x" * 500])
def test_only_an_address_that_was_signed_up_here_is_written_to(client, sign_up, address):
    sign_up()
    later()
    response = client.post(THANKS, {"address": address})
    assert response.status_code == 400
    assert "Fyll i formuläret igen" in response.content.decode()
    assert Letter.objects.count() == 1


def test_after_an_hour_the_form_is_filled_in_again(client, sign_up, monkeypatch):
    sign_up()
    form = client.get(THANKS).context["again_form"]
    monkeypatch.setattr("newsletter.forms.send_again.LASTS", -1)
    assert client.get(THANKS).context["again_form"] is None
    assert client.post(THANKS, {"address": form.initial["address"]}).status_code == 400


def test_reading_the_page_writes_nothing(client, sign_up, django_assert_num_queries):
    assert client.get(THANKS).context["again_form"] is None
    sign_up()
    with django_assert_num_queries(0):
        client.get(THANKS)


def test_the_cookie_is_for_that_page_alone_and_for_an_hour(sign_up):
    cookie = sign_up().cookies["newsletter_address"]
    assert (cookie["path"], cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (THANKS, 3600, True, "Lax")


def test_an_address_nobody_has_signed_up_gets_nothing(client):
    address = SendAgainForm.sign("ingen@example.org")
    assert client.post(THANKS, {"address": address}).status_code == 200
    assert not Letter.objects.exists()


@pytest.fixture
def too_old(sign_up) -> str:
    """The path of a link whose two weeks have gone."""
    sign_up()
    Subscriber.objects.update(last_letter_at=timezone.now() - CONFIRMATION_LASTS - datetime.timedelta(minutes=1))
    return f"/nyhetsbrev/bekrafta/{Subscriber.objects.get().confirmation_token}/"


def test_a_link_that_is_too_old_confirms_nothing_and_offers_a_new_one(client, too_old):
    for response in (client.get(too_old), client.post(too_old)):
        assert response.status_code == 410
        assert "Länken är för gammal" in response.content.decode()
    assert Subscriber.objects.get().state == "pending"
    assert client.post(f"{too_old}mejl/")["Location"] == THANKS
    fresh = Subscriber.objects.get()
    assert Letter.objects.count() == 2
    assert fresh.confirmation_url in Letter.objects.latest("pk").text
    assert client.get(too_old).status_code == 404
    assert client.post(f"/nyhetsbrev/bekrafta/{fresh.confirmation_token}/").status_code == 302
    assert Subscriber.objects.get().state == "active"


def test_a_new_link_needs_a_post_and_an_old_key(client, too_old):
    assert client.get(f"{too_old}mejl/").status_code == 405
    assert client.post(f"/nyhetsbrev/bekrafta/{'x' * 16}/mejl/").status_code == 404


def test_who_reported_us_as_spam_comes_back_a_month_later_by_their_own_yes(client, sign_up):
    subscriber = make_subscriber("ny@example.org")
    subscriber.complain()
    sign_up()
    assert not Letter.objects.exists()
    Subscriber.objects.update(left_at=timezone.now() - datetime.timedelta(days=31))
    sign_up()
    subscriber.refresh_from_db()
    assert (subscriber.state, Letter.objects.count()) == ("complained", 1)
    sign_up()
    later(minutes=60 * 24 * 8)
    sign_up()
    assert Letter.objects.count() == 1
    subscriber.refresh_from_db()
    client.post(f"/nyhetsbrev/bekrafta/{subscriber.confirmation_token}/")
    subscriber.refresh_from_db()
    assert subscriber.state == "active"
    assert [bool(consent.confirmed_at) for consent in subscriber.consents.all()] == [True, False, False, False]


def test_addresses_that_nobody_confirms_are_forgotten_after_a_month(sign_up):
    sign_up("ny@example.org")
    old = make_subscriber("gammal@example.org")
    old.leave()
    sign_up("gammal@example.org")
    sweep_subscribers()
    assert Subscriber.objects.filter(state="pending").count() == 2
    later(minutes=60 * 24 * 31)
    sweep_subscribers()
    old.refresh_from_db()
    assert (old.state, old.email) == ("unsubscribed", "gammal@example.org")
    assert list(Subscriber.objects.exclude(pk=old.pk).values_list("email", "state")) == [(None, "unsubscribed")]
