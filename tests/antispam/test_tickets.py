import time
import uuid
from unittest import mock

import pytest
from django.http import QueryDict

from antispam import TicketedForm, tickets


def aged(seconds: int) -> str:
    with mock.patch("django.core.signing.time.time", return_value=time.time() - seconds):
        return tickets.new_ticket()


def sent(**data: str) -> TicketedForm:
    posted = QueryDict(mutable=True)
    posted.update(data)
    return TicketedForm(posted)


def test_a_form_filled_in_by_a_person_has_a_key():
    ticket = aged(60)
    form = sent(ticket=ticket)
    assert form.is_valid()
    assert form.form_key == tickets.key_of(ticket)


def test_each_opening_of_a_form_is_another():
    assert TicketedForm().initial["ticket"] != TicketedForm().initial["ticket"]


def test_a_ticket_just_signed_is_too_fast_and_stays_the_same():
    with mock.patch("django.core.signing.time.time", return_value=time.time()):
        ticket = aged(0)
        form = sent(ticket=ticket)
        assert [error.code for error in form.errors.as_data()["__all__"]] == ["too_fast"]
    assert form["ticket"].value() == ticket


@pytest.mark.parametrize("ticket", ["", "forged", "a.b.c", "\x00", "å.ä.ö"])
def test_a_forged_ticket_is_replaced(ticket):
    form = sent(ticket=ticket)
    assert [error.code for error in form.errors.as_data()["__all__"]] == ["ticket_expired"]
    assert isinstance(tickets.key_of(form["ticket"].value()), uuid.UUID)
    assert tickets.key_of(ticket) is None


def test_an_old_ticket_is_replaced_but_still_tells_which_form_it_was():
    ticket = aged(tickets.LASTS + 60)
    form = sent(ticket=ticket)
    assert [error.code for error in form.errors.as_data()["__all__"]] == ["ticket_expired"]
    assert isinstance(TicketedForm.key_of({"ticket": ticket}), uuid.UUID)


def test_a_filled_honeypot_is_emptied_and_said():
    form = sent(ticket=aged(60), nickname="robot")
    assert [error.code for error in form.errors.as_data()["__all__"]] == ["honeypot"]
    assert form["nickname"].value() == ""
