"""What verbs lean on: a row held and read afresh, one at a time, and a refusal that becomes a sentence."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from labs.models import Lab
from workflow import Gone, IllegalTransition, in_long_turn, in_turn, locked
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
@pytest.mark.parametrize("turn", [in_turn, in_long_turn])
def test_those_with_the_same_errand_take_turns(turn):
    inside, most, order = [], [], []

    def errand(name: str) -> None:
        with turn("ett ärende"):
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


@pytest.mark.django_db(transaction=True)
def test_a_long_turn_opens_no_transaction_and_short_ones_within_do_not_wait():
    with in_long_turn("ett ärende"):
        assert not connection.in_atomic_block
        with in_turn("ett ärende"):
            assert connection.in_atomic_block
        assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_a_long_turn_is_over_also_when_something_goes_wrong():
    with pytest.raises(ZeroDivisionError), in_long_turn("ett ärende"):
        _ = 1 / 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)


def test_a_refused_transition_is_a_409_with_its_sentence(rf, db):
    request = rf.post("/")
    request.user = AnonymousUser()
    response = ConflictMiddleware(lambda request: None).process_exception(request, IllegalTransition("Redan gjort."))
    assert (response.status_code, "Redan gjort." in response.content.decode()) == (409, True)


def test_other_exceptions_are_left_alone(rf):
    assert ConflictMiddleware(lambda request: None).process_exception(rf.get("/"), ValueError("x")) is None
