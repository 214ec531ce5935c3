"""What verbs lean on: a row held and read afresh, one at a time, and a refusal that becomes a sentence."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from labs.models import Lab
from workflow import Gone, IllegalTransition, in_turn, locked
from workflow.middleware import ConflictMiddleware


def test_a_locked_row_is_read_afresh(lab):
    Lab.objects.filter(pk=lab.pk).update(name="Nya namnet")
    with locked(lab):
        assert lab.name == "Nya namnet"


def test_a_row_that_is_gone_cannot_be_locked(lab):
    Lab.objects.filter(pk=lab.pk).delete()
    with pytest.raises(Gone), locked(lab):
        pass


@pytest.mark.django_db(transaction=True)
def test_those_with_the_same_errand_take_turns():
    inside, most, order = [], [], []

    def errand(name: str) -> None:
        with in_turn("ett ärende"):
            inside.append(name)
            most.append(len(inside))
            order.append(name)
            threading.Event().wait(0.05)
            inside.remove(name)
        connection.close()

    threads = [threading.Thread(target=errand, args=[str(number)]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert (max(most), sorted(order)) == (1, ["0", "1", "2", "3"])


def test_a_refused_transition_is_a_409_with_its_sentence(rf, db):
    request = rf.post("/")
    request.user = AnonymousUser()
    response = ConflictMiddleware(lambda request: None).process_exception(request, IllegalTransition("Redan gjort."))
    assert (response.status_code, "Redan gjort." in response.content.decode()) == (409, True)


def test_other_exceptions_are_left_alone(rf):
    assert ConflictMiddleware(lambda request: None).process_exception(rf.get("/"), ValueError("x")) is None
