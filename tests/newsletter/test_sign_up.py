"""Signing up: the answer is the same for every address, and nothing is sent for real before its owner says yes."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from antispam.tickets import new_ticket
from mailing.models import Letter
from newsletter.models import Subscriber
from tests.newsletter.factories import make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(client, monkeypatch):
    """Fills in and sends the form as a person would, slowly."""
    monkeypatch.setattr("antispam.tickets.FILLED_IN_NO_FASTER_THAN", -1)
    monkeypatch.setattr("newsletter.views.subscription.within", lambda *_args, **_kwargs: True)

    def fill_in(**fields):
        answer = {
            "email": "ny@example.org",
            "frequency": "weekly",
            "language": "sv",
            "consent": "on",
            "nickname": "",
            "ticket": new_ticket(),
            **fields,
        }
        return client.post("/nyhetsbrev/", {name: value for name, value in answer.items() if value is not None})

    return fill_in


def test_a_new_address_waits_and_gets_a_letter(form, lab, safety):
    response = form(labs=[lab.pk], focus_areas=[safety.pk], frequency="monthly")
    subscriber = Subscriber.objects.get()
    assert (response.status_code, response["Location"]) == (302, "/nyhetsbrev/tack/")
    assert (subscriber.email, subscriber.state, subscriber.frequency) == ("ny@example.org", "pending", "monthly")
    assert (list(subscriber.labs.all()), list(subscriber.focus_areas.all())) == ([lab], [safety])
    letter = Letter.objects.get()
    assert letter.to == "ny@example.org"
    assert subscriber.confirmation_url in letter.text
    assert subscriber.confirmation_url in letter.html
    assert subscriber.token not in letter.text


def test_what_was_agreed_to_is_kept_word_for_word(form):
    form()
    consent = Subscriber.objects.get().consents.get()
    assert consent.text.startswith("Ja, skicka mig dagbokens nyhetsbrev")
    assert (consent.form, consent.language, consent.confirmed_at) == ("/nyhetsbrev/", "sv", None)


def test_the_answer_is_the_same_for_a_known_address(form):
    fresh = form(email="ny@example.org")
    make_subscriber("gammal@example.org")
    known = form(email="Gammal@Example.org")
    assert (known.status_code, known["Location"], known.content) == (
        fresh.status_code, fresh["Location"], fresh.content,
    )  # fmt: skip
    assert Subscriber.objects.count() == 2


def test_an_active_subscriber_is_told_so_and_nothing_changes(form, lab):
    subscriber = make_subscriber(frequency="monthly")
    form(email="LASARE@example.org", labs=[lab.pk], frequency="weekly")
    subscriber.refresh_from_db()
    letter = Letter.objects.get()
    assert (subscriber.state, subscriber.frequency, subscriber.labs.count()) == ("active", "monthly", 0)
    assert subscriber.preferences_url in letter.text
    assert letter.subject == "Du får redan dagbokens nyhetsbrev"


def test_someone_who_left_has_to_confirm_again(form):
    subscriber = make_subscriber()
    subscriber.leave()
    form(email="lasare@example.org")
    subscriber.refresh_from_db()
    assert subscriber.state == "pending"
    assert subscriber.confirmation_url in Letter.objects.get().text


def test_someone_who_reported_us_as_spam_is_never_written_to(form):
    subscriber = make_subscriber()
    subscriber.complain()
    assert form(email="lasare@example.org").status_code == 302
    subscriber.refresh_from_db()
    assert (subscriber.state, Letter.objects.count()) == ("complained", 0)


def test_asking_again_at_once_sends_no_second_letter_and_later_it_does(form):
    form()
    form()
    assert Letter.objects.count() == 1
    Subscriber.objects.update(last_letter_at=timezone.now() - datetime.timedelta(minutes=11))
    form()
    assert Letter.objects.count() == 2


def test_one_address_gets_five_letters_a_week_at_most(form):
    form()
    for _ in range(8):
        Subscriber.objects.update(last_letter_at=timezone.now() - datetime.timedelta(hours=1))
        form()
    assert Letter.objects.count() == 5


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": ""}, "Skriv e-postadressen som nyhetsbrevet ska gå till."),
        ({"email": "inte en adress"}, "”inte en adress” är ingen e-postadress."),
        ({"email": "a\x00@example.org"}, "tecken"),
        ({"consent": None}, "Vi behöver ditt ja."),
        ({"frequency": "hourly"}, "hourly"),
        ({"labs": ["x"]}, "x"),
        ({"labs": ["999999999999999999999"]}, "999999999999999999999"),
        ({"nickname": "http://spam.example"}, "Ett fält som ska vara tomt var ifyllt"),
        ({"ticket": "forged"}, "Formuläret var öppet så länge att du behöver skicka det en gång till."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(form, fields, sentence):
    response = form(**{"email": "kvar@example.org", **fields})
    page = response.content.decode()
    assert response.status_code == 400
    assert sentence in page
    if "email" not in fields:
        assert "kvar@example.org" in page
    assert Subscriber.objects.count() == 0


def test_a_form_filled_in_too_fast_is_asked_for_again(form, monkeypatch):
    monkeypatch.setattr("antispam.tickets.FILLED_IN_NO_FASTER_THAN", 60)
    response = form()
    assert response.status_code == 400
    assert "Vänta några sekunder och skicka igen." in response.content.decode()
    assert "ny@example.org" in response.content.decode()


def test_too_many_from_one_place_are_asked_to_wait(form, monkeypatch):
    monkeypatch.setattr("newsletter.views.subscription.within", lambda *_args, **_kwargs: False)
    response = form()
    assert response.status_code == 429
    assert "ny@example.org" in response.content.decode()
    assert Subscriber.objects.count() == 0


def test_opening_the_link_changes_nothing_and_the_button_confirms(form, client):
    form()
    subscriber = Subscriber.objects.get()
    link = reverse("newsletter:confirmation", args=[subscriber.confirmation_token])
    assert client.get(link).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == "pending"
    response = client.post(link)
    subscriber.refresh_from_db()
    assert (response.status_code, subscriber.state) == (302, "active")
    assert subscriber.consents.get().confirmed_at is not None
    assert [event.verb for event in subscriber.events.newest_first()] == ["confirmed", "signed_up"]
    assert client.get(response["Location"]).status_code == 200


def test_a_used_up_link_says_so_without_an_error(form, client):
    form()
    link = reverse("newsletter:confirmation", args=[Subscriber.objects.get().confirmation_token])
    client.post(link)
    for response in (client.get(link), client.post(link), client.get(link.replace(link[-5:-1], "zzzz"))):
        assert response.status_code == 404
        assert "Länken är förbrukad" in response.content.decode()


def test_the_letter_comes_in_the_language_that_was_chosen(form):
    form(language="en")
    letter = Letter.objects.get()
    assert letter.subject == "Do you want the diary newsletter?"
    assert "/en/newsletter/confirm/" in letter.text


def test_links_from_a_lab_choose_it_beforehand(client, lab):
    page = client.get(f"/nyhetsbrev/?labs={lab.pk}&labs=abc&labs=99999999999999999999&focus_areas=%00").content.decode()
    assert "checked" in page.partition(f'value="{lab.pk}"')[2].partition(">")[0]


def test_the_page_is_there_in_english(client):
    with translation.override("en"):
        assert "Get the diary by e-mail" in client.get(reverse("newsletter:subscribe")).content.decode()


@pytest.mark.parametrize("nonsense", ["9" * 5000, "-1", "abc", "\u00b2", "%00"])
def test_choices_in_the_address_that_make_no_sense_are_left_out(client, nonsense):
    response = client.get("/nyhetsbrev/", {"labs": nonsense, "focus_areas": nonsense})
    assert response.status_code == 200
    assert response.context["form"].initial["labs"] == response.context["form"].initial["focus_areas"] == []
