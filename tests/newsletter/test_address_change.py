"""A subscription moves: asked for with the key in the mails, confirmed at the new address, told to the old one."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from mailing.models import Letter
from newsletter.models import AddressChange, Subscriber
from newsletter.models.changing_address import AddressTaken, NoChangeWaiting, SameAddress, TooManyChanges
from newsletter.models.subscription import NotSubscribing
from newsletter.tasks import sweep_subscribers
from tests.newsletter.factories import make_subscriber

pytestmark = pytest.mark.django_db
NEW = "ny@example.org"


@pytest.fixture
def path(subscriber) -> str:
    return f"/p/{subscriber.token}/adress/"


@pytest.fixture
def change(subscriber) -> AddressChange:
    return subscriber.ask_to_move(NEW)


def confirmation(change: AddressChange) -> str:
    return f"/nyhetsbrev/adress/{change.token}/"


def test_the_new_address_is_asked_and_nothing_changes_before_it_has_answered(client, subscriber, path):
    assert client.get(path).status_code == 200
    response = client.post(path, {"email": " NY@Example.org "})
    assert (response.status_code, response["Location"]) == (302, f"/p/{subscriber.token}/")
    letter, change = Letter.objects.get(), AddressChange.objects.get()
    assert (letter.to, letter.subject) == ("NY@example.org", "Ska dagbokens nyhetsbrev komma hit?")
    assert change.confirmation_url in letter.text
    assert change.confirmation_url in letter.html
    assert subscriber.token not in letter.text + letter.html
    assert "lasare@example.org" not in letter.text + letter.html
    subscriber.refresh_from_db()
    assert subscriber.email == "lasare@example.org"


def test_opening_the_link_changes_nothing_and_the_button_moves(client, subscriber, change):
    assert "ny@example.org" in client.get(confirmation(change)).content.decode()
    assert Client().head(confirmation(change)).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.email == "lasare@example.org"
    response = client.post(confirmation(change))
    moved = Subscriber.objects.get(pk=subscriber.pk)
    assert (moved.email, moved.state, response["Location"]) == (NEW, "active", f"/p/{moved.token}/")
    assert [event.verb for event in moved.events.newest_first()] == ["address_changed", "address_change_asked"]


def test_the_old_address_is_told_and_not_where_to(client, change):
    client.post(confirmation(change))
    told = Letter.objects.get(to="lasare@example.org")
    assert told.subject == "Dagbokens nyhetsbrev kommer inte längre hit"
    assert NEW not in told.text + told.html
    assert change.subscriber.token not in told.text + told.html


def test_a_double_click_moves_once_and_later_the_link_is_used_up(client, subscriber, change):
    first, second = client.post(confirmation(change)), client.post(confirmation(change))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Letter.objects.filter(to="lasare@example.org").count() == 1
    assert client.get(confirmation(change)).status_code == 404
    AddressChange.objects.update(decided_at=timezone.now() - datetime.timedelta(minutes=1))
    late = client.post(confirmation(change))
    assert late.status_code == 404
    assert "Länken är förbrukad" in late.content.decode()


def test_mails_to_the_old_address_open_nothing_any_more_but_one_can_leave_by_them(client, subscriber, change):
    old = subscriber.token
    client.post(confirmation(change))
    for page in (f"/p/{old}/", f"/p/{old}/uppgifter/", f"/p/{old}/radering/"):
        assert client.get(page).status_code == 404
    shown = client.get(f"/u/{old}/").content.decode()
    subscriber.refresh_from_db()
    assert "tidigare adress" in shown
    assert [trace for trace in (NEW, subscriber.token) if trace in shown] == []
    answer = Client(enforce_csrf_checks=True).post(f"/u/{old}/", {"List-Unsubscribe": "One-Click"})
    subscriber.refresh_from_db()
    assert (answer.status_code, subscriber.state) == (200, "unsubscribed")
    assert [trace for trace in (NEW, subscriber.token) if trace in answer.content.decode()] == []


def test_what_waits_is_seen_and_can_be_taken_back(client, subscriber, change):
    preferences = f"/p/{subscriber.token}/"
    assert NEW in client.get(preferences).content.decode()
    assert client.post(f"{preferences}adress/anger/").status_code == 302
    assert NEW not in client.get(preferences).content.decode()
    change.refresh_from_db()
    assert (change.state, change.new_email) == ("withdrawn", None)
    assert client.get(confirmation(change)).status_code == 404
    assert client.post(confirmation(change)).status_code == 404
    assert client.post(f"{preferences}adress/anger/").status_code == 409
    with pytest.raises(NoChangeWaiting):
        subscriber.stay()


def test_a_second_wish_replaces_the_first(client, subscriber, change):
    second = subscriber.ask_to_move("annan@example.org")
    assert subscriber.address_change == second
    assert client.post(confirmation(change)).status_code == 404
    client.post(confirmation(second))
    subscriber.refresh_from_db()
    assert subscriber.email == "annan@example.org"


def test_two_tabs_one_confirming_and_one_taking_back(subscriber, change):
    subscriber.move(change)
    with pytest.raises(NoChangeWaiting):
        subscriber.stay()
    subscriber.refresh_from_db()
    assert subscriber.email == NEW


def test_the_link_works_for_seven_days(client, subscriber, change):
    AddressChange.objects.update(asked_at=timezone.now() - datetime.timedelta(days=7, minutes=1))
    assert client.get(confirmation(change)).status_code == 404
    assert client.post(confirmation(change)).status_code == 404
    change.refresh_from_db()
    with pytest.raises(NoChangeWaiting):
        subscriber.move(change)
    assert subscriber.address_change is None
    sweep_subscribers()
    change.refresh_from_db()
    assert (change.state, change.new_email) == ("expired", None)
    assert subscriber.events.newest_first()[0].verb == "address_change_expired"


@pytest.mark.parametrize("state", ["active", "pending", "unsubscribed", "bounced", "complained", None])
def test_the_answer_is_the_same_whoever_has_the_new_address(client, subscriber, path, state):
    make_in(state)
    response = client.post(path, {"email": NEW}, follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(f"/p/{subscriber.token}/", 302)]
    assert "Vi har skrivit till den nya adressen." in page
    assert f"Du vill att nyhetsbrevet går till {NEW}." in page


def make_in(state: str | None) -> None:
    if state in {"active", "pending"}:
        make_subscriber(NEW, state=state)
    elif state:
        other = make_subscriber(NEW)
        {"unsubscribed": other.leave, "bounced": other.bounce, "complained": other.complain}[state]()


def test_an_address_that_subscribes_already_is_told_so(client, subscriber, path):
    other = make_subscriber(NEW)
    client.post(path, {"email": NEW})
    letter = Letter.objects.get()
    assert (letter.to, letter.subject) == (NEW, "Dagbokens nyhetsbrev kommer redan hit")
    assert other.preferences_url in letter.text
    assert AddressChange.objects.get().token not in letter.text + letter.html


def test_an_address_that_reported_us_as_spam_is_not_written_to(client, subscriber, path):
    make_in("complained")
    client.post(path, {"email": NEW})
    assert not Letter.objects.exists()


@pytest.mark.parametrize("state", ["pending", "unsubscribed", "bounced"])
def test_what_the_new_address_was_before_gives_way_when_its_owner_says_yes(client, subscriber, state):
    make_in(state)
    change = subscriber.ask_to_move(NEW)
    assert client.post(confirmation(change)).status_code == 302
    assert Subscriber.objects.get(email=NEW).pk == subscriber.pk
    other = Subscriber.objects.exclude(pk=subscriber.pk).get()
    assert (other.email, other.erased_mark) == (None, "")


@pytest.mark.parametrize("state", ["active", "complained"])
def test_an_address_taken_since_is_not_taken_over(client, subscriber, change, state):
    make_in(state)
    response = client.post(confirmation(change))
    subscriber.refresh_from_db()
    assert (response.status_code, subscriber.email) == (409, "lasare@example.org")
    with pytest.raises(AddressTaken):
        subscriber.move(change)


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ("", 400, "Skriv e-postadressen som nyhetsbrevet ska gå till."),
        ("inte en adress", 400, "”inte en adress” är ingen e-postadress."),
        ("LASARE@example.org", 409, "Det är den adressen nyhetsbrevet redan går till."),
    ],
)
def test_what_is_no_new_address_gets_a_sentence(client, path, typed, status, sentence):
    response = client.post(path, {"email": typed})
    assert response.status_code == status
    assert sentence in response.content.decode()
    assert typed in response.content.decode()
    assert not Letter.objects.exists()


def test_three_new_addresses_a_week_are_enough(client, subscriber, path):
    with pytest.raises(SameAddress):
        subscriber.ask_to_move("Lasare@Example.org")
    for number in range(3):
        subscriber.ask_to_move(f"{number}@example.org")
    with pytest.raises(TooManyChanges):
        subscriber.ask_to_move("4@example.org")
    assert client.post(path, {"email": "4@example.org"}).status_code == 409
    assert Letter.objects.count() == 3


def test_one_address_is_written_to_three_times_a_day_whoever_asks(client):
    answers = []
    for number in range(4):
        subscriber = make_subscriber(f"lasare{number}@example.org")
        answers.append(client.post(f"/p/{subscriber.token}/adress/", {"email": NEW}).status_code)
    assert answers == [302, 302, 302, 429]
    assert Letter.objects.count() == 3


def test_who_has_left_moves_nowhere(client, subscriber, change, path):
    subscriber.leave()
    assert client.post(path, {"email": "annan@example.org"}).status_code == 409
    assert client.post(confirmation(change)).status_code == 409
    with pytest.raises(NotSubscribing):
        subscriber.move(change)
    subscriber.refresh_from_db()
    assert subscriber.email == "lasare@example.org"


def test_erasing_and_taking_along_include_changes_of_address(client, subscriber, change):
    data = client.get(f"/p/{subscriber.token}/uppgifter/").json()
    assert [(row["new_email"], row["state"]) for row in data["address_changes"]] == [(NEW, "waiting")]
    subscriber.erase()
    assert not AddressChange.objects.exists()
    assert NEW not in str(list(subscriber.events.values_list("particulars", flat=True)))


def test_the_database_keeps_one_change_at_a_time_and_no_address_afterwards(subscriber, change):
    with pytest.raises(IntegrityError, match="address_change_one_at_a_time"), transaction.atomic():
        subscriber.address_changes.create(new_email="annan@example.org")
    with pytest.raises(IntegrityError, match="address_change_has_address_while_waiting"), transaction.atomic():
        AddressChange.objects.update(state="confirmed", decided_at=timezone.now())


def test_wrong_methods(client, subscriber, change):
    assert client.get(f"/p/{subscriber.token}/adress/anger/").status_code == 405
    assert client.put(confirmation(change)).status_code == 405


def test_letters_come_in_the_language_that_was_chosen(subscriber):
    subscriber.language = "en"
    subscriber.save()
    subscriber.ask_to_move(NEW)
    letter = Letter.objects.get()
    assert letter.subject == "Should the diary newsletter come here?"
    assert "/en/newsletter/address/" in letter.text
