"""/healthz and /readyz, and what each says when a part is gone."""

import time
from types import SimpleNamespace

import pytest
import redis
from django.core.cache import cache
from django.db import OperationalError

from website import readiness
from website.tasks import give_a_sign_of_life


@pytest.fixture
def worker_alive():
    give_a_sign_of_life()


def test_healthz_answers_without_asking_anybody(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_readyz_is_200_when_every_part_works(client, db, worker_alive):
    answer = client.get("/readyz")
    assert answer.json() == {"status": "ready", "parts": {"database": "ok", "broker": "ok", "worker": "ok"}}
    assert answer.status_code == 200


def test_readyz_says_that_no_worker_has_been_heard(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["worker"] == "no worker has given a sign of life yet"


def test_readyz_says_how_old_the_last_sign_of_life_is(client, db):
    cache.set(readiness.HEARTBEAT_KEY, time.time() - 300)
    assert client.get("/readyz").json()["parts"]["worker"] == "the last sign of life of a worker is 300 s old"


def test_readyz_says_that_the_database_is_gone(client, db, worker_alive, monkeypatch):
    def gone(*args: object) -> None:
        raise OperationalError("password of user site is secret")

    monkeypatch.setattr(readiness, "connection", SimpleNamespace(cursor=gone))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "the database does not answer", "broker": "ok", "worker": "ok"}


def test_readyz_says_that_the_broker_is_gone(client, db, monkeypatch):
    nobody = redis.Redis(unix_socket_path="/nowhere/valkey.sock")
    monkeypatch.setattr(readiness, "_broker", nobody)
    monkeypatch.setattr(readiness, "cache", nobody)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {
        "database": "ok",
        "broker": "the broker does not answer",
        "worker": "unknown, because the broker does not answer",
    }


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_machines_may_only_read(client, db, address):
    assert client.post(address).status_code == 405
    assert "no-store" in client.get(address)["Cache-Control"]
