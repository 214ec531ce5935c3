"""/healthz and /readyz, and what each says when a part is gone."""

import time
from types import SimpleNamespace

import pytest
import redis
from django.core.cache import cache
from django.db import OperationalError

from website import readiness
from website.tasks import give_a_sign_of_life

QUEUES = ("default queue", "newsletter queue", "pictures queue")


@pytest.fixture
def workers_alive(monkeypatch):
    """A process of each kind: all queues are taken from."""
    for queues in (["default", "pictures"], ["newsletter"]):
        signs_of_life_of(queues, monkeypatch)


def signs_of_life_of(queues: list[str], monkeypatch) -> None:
    taken = SimpleNamespace(consume_from=dict.fromkeys(queues))
    monkeypatch.setattr("website.tasks.current_app", SimpleNamespace(amqp=SimpleNamespace(queues=taken)))
    give_a_sign_of_life()


def test_healthz_answers_without_asking_anybody(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_readyz_is_200_when_every_part_works(client, db, workers_alive):
    answer = client.get("/readyz")
    assert answer.json() == {
        "status": "ready",
        "parts": dict.fromkeys(["database", "broker", *QUEUES], "ok"),
    }
    assert answer.status_code == 200


def test_readyz_says_that_no_worker_has_been_heard(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [answer.json()["parts"][queue] for queue in QUEUES] == ["no worker has given a sign of life yet"] * 3


@pytest.mark.parametrize(
    ("alive", "dead"),
    [(["default", "pictures"], ["newsletter queue"]), (["newsletter"], ["default queue", "pictures queue"])],
)
def test_one_kind_of_worker_does_not_answer_for_another(client, db, monkeypatch, alive, dead):
    signs_of_life_of(alive, monkeypatch)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [part for part, state in answer.json()["parts"].items() if state != "ok"] == dead


def test_readyz_says_how_old_the_last_sign_of_life_is(client, db, workers_alive, monkeypatch):
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)
    cache.set(readiness.heartbeat_key("newsletter"), now - 300)
    parts = client.get("/readyz").json()["parts"]
    assert [parts[queue] for queue in QUEUES] == ["ok", "the last sign of life of a worker is 300 s old", "ok"]


def test_readyz_says_that_the_database_is_gone(client, db, workers_alive, monkeypatch):
    def gone(*args: object) -> None:
        raise OperationalError("password of user site is secret")

    monkeypatch.setattr(readiness, "connection", SimpleNamespace(cursor=gone))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {
        "database": "the database does not answer",
        "broker": "ok",
        **dict.fromkeys(QUEUES, "ok"),
    }


def test_readyz_says_that_the_broker_is_gone(client, db, monkeypatch):
    nobody = redis.Redis(unix_socket_path="/nowhere/valkey.sock")
    monkeypatch.setattr(readiness, "_broker", nobody)
    monkeypatch.setattr(readiness, "cache", nobody)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {
        "database": "ok",
        "broker": "the broker does not answer",
        **dict.fromkeys(QUEUES, "unknown, because the broker does not answer"),
    }


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_machines_may_only_read(client, db, address):
    assert client.post(address).status_code == 405
    assert "no-store" in client.get(address)["Cache-Control"]
