"""Buttons for a change of address, pressed at the same moment."""

import pytest

from mailing.models import Letter
from newsletter.models import AddressChange, Subscriber
from newsletter.models.changing_address import AddressTaken
from newsletter.sign_up import SignUp
from tests.newsletter.at_once import at_once
from tests.newsletter.factories import make_subscriber

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "ny@example.org"


def again(row):
    return type(row).objects.get(pk=row.pk)


def test_the_button_pressed_three_times_moves_once(subscriber):
    change = subscriber.ask_to_move(NEW)
    raised = at_once(*[lambda: again(subscriber).move(again(change))] * 3)
    assert raised == []
    assert again(subscriber).email == NEW
    assert Letter.objects.filter(to="lasare@example.org").count() == 1
    assert [event.verb for event in subscriber.events.all()].count("address_changed") == 1


def test_two_subscribers_who_move_to_one_address_do_not_share_it():
    people = [make_subscriber(f"{name}@example.org") for name in ("anna", "bo")]
    changes = [person.ask_to_move(NEW) for person in people]
    raised = at_once(lambda: again(people[0]).move(again(changes[0])), lambda: again(people[1]).move(again(changes[1])))
    assert [type(error) for error in raised] == [AddressTaken]
    assert Subscriber.objects.filter(email=NEW).count() == 1
    assert sorted(AddressChange.objects.values_list("state", flat=True)) == ["confirmed", "waiting"]


def test_signing_the_new_address_up_meanwhile_makes_no_second_subscriber(subscriber):
    change = subscriber.ask_to_move(NEW)
    sign_up = SignUp(email=NEW, frequency="weekly", language="sv", consent_text="Ja.", form="/nyhetsbrev/")
    raised = at_once(lambda: again(subscriber).move(again(change)), sign_up.submit)
    assert raised == []
    assert Subscriber.objects.get(email=NEW).pk == subscriber.pk


def test_asking_twice_at_once_leaves_one_change_waiting(subscriber):
    assert at_once(*[lambda: again(subscriber).ask_to_move(NEW)] * 2) == []
    assert AddressChange.objects.waiting().count() == 1
