"""Calls for workers, counted in the broker's own queue: enough of them, and never so many that others have to wait."""

import base64
import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import redis
from django.conf import settings

from config.celery import app
from newsletter import calls
from newsletter.models import Issue
from newsletter.tasks import drain, enqueue_drain, kick_unfinished
from tests.newsletter.factories import make_frozen

pytestmark = pytest.mark.django_db

TURN = 20
PROCESSES = 2


class Senders:
    """Two processes that take calls from the queue and are at an issue for a turn each, as long as there is more to do.

    Time, as Redis tells it, goes on by their work alone.
    """

    def __init__(self, server: redis.Redis) -> None:
        self.server = server
        self.name = f"{settings.REDIS_PREFIX}newsletter"
        self.now = 1_000_000.0
        self.turns: list[tuple[float, int]] = []
        self.more = True

    def drain(self, issue_id: int) -> SimpleNamespace:
        return SimpleNamespace(run=lambda: self._turn(issue_id))

    def _turn(self, issue_id: int) -> bool:
        self.turns.append((self.now, issue_id))
        self.now += TURN / PROCESSES
        return self.more

    @property
    def waiting(self) -> list[int]:
        """The issues that workers are called to, the oldest call first."""
        return [self._arguments(call)[0] for call in reversed(self.server.lrange(self.name, 0, -1))]

    def work(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            call = self.server.rpop(self.name)
            if call is None:
                self.now = until
            else:
                drain(*self._arguments(call))

    @staticmethod
    def _arguments(call: bytes) -> list[int]:
        return json.loads(base64.b64decode(json.loads(call)["body"]))[0]


@pytest.fixture
def senders(redis_server, monkeypatch) -> Iterator[Senders]:
    senders = Senders(redis_server)
    monkeypatch.setattr("newsletter.tasks.Drain", senders.drain)
    monkeypatch.setattr(calls, "now", lambda: senders.now)
    app.conf.task_always_eager = False
    yield senders
    app.conf.task_always_eager = True


def make_large(subject: str) -> Issue:
    """An issue on its way that sixteen workers may take part in."""
    issue = make_frozen(subject, [])
    Issue.objects.filter(pk=issue.pk).update(audience_size=25_000)
    return issue


@pytest.fixture
def first(db) -> Issue:
    return make_large("Första")


@pytest.fixture(autouse=True)
def never_done(monkeypatch):
    """There is always more to send."""
    monkeypatch.setattr(Issue, "finish", lambda issue: False)


def test_the_queue_stays_short_however_long_a_sending_lasts(senders, first):
    enqueue_drain(first.pk, 16)
    lengths = []
    for _minute in range(120):
        kick_unfinished()
        senders.work(60)
        lengths.append(len(senders.waiting))
    assert max(lengths) <= 16
    assert len(senders.turns) == 120 * 60 * PROCESSES // TURN


def test_the_next_issue_need_not_wait_long_behind_one_that_has_been_going_out_for_hours(senders, first):
    enqueue_drain(first.pk, 16)
    for _minute in range(120):
        kick_unfinished()
        senders.work(60)
    second, ordered = make_large("Andra"), senders.now
    enqueue_drain(second.pk)
    senders.work(calls.LASTS + TURN)
    began = min(at for at, issue in senders.turns if issue == second.pk)
    assert began - ordered <= calls.LASTS + TURN / PROCESSES


def test_while_somebody_is_at_it_and_calls_wait_the_clock_calls_nobody(senders, first):
    enqueue_drain(first.pk, 3)
    senders.work(TURN)
    before = senders.waiting
    kick_unfinished()
    assert senders.waiting == before == [first.pk] * 3


def test_workers_that_come_while_an_issue_goes_out_are_called_within_a_minute(senders, first):
    calls.note(first.pk)
    assert senders.waiting == []
    kick_unfinished()
    assert senders.waiting == [first.pk] * 16


def test_nothing_stands_still_when_the_calls_to_go_on_have_run_out(senders, first):
    enqueue_drain(first.pk)
    senders.work(TURN)
    assert senders.waiting == [first.pk]
    turns = len(senders.turns)
    senders.now += calls.LASTS + 1
    senders.work(TURN)
    assert len(senders.turns) == turns
    kick_unfinished()
    senders.work(TURN)
    assert len(senders.turns) > turns


def test_an_issue_whose_call_was_lost_is_called_for_though_others_wait(senders, first):
    second = make_large("Andra")
    enqueue_drain(first.pk, 16)
    kick_unfinished()
    assert senders.waiting.count(second.pk) == 1


def test_nothing_stands_still_when_redis_has_lost_everything(senders, first, redis_server):
    enqueue_drain(first.pk, 16)
    redis_server.delete(*redis_server.scan_iter(f"{settings.REDIS_PREFIX}*"))
    kick_unfinished()
    assert senders.waiting == [first.pk] * 16


def test_what_was_called_for_hours_without_a_sender_is_answered_once(senders, first):
    enqueue_drain(first.pk, 16)
    for _minute in range(300):
        senders.now += 60
        kick_unfinished()
    second = make_large("Andra")
    enqueue_drain(second.pk)
    senders.more = False
    senders.work(3 * TURN)
    issues = [issue for _at, issue in senders.turns]
    assert issues[0] == first.pk
    assert len(issues[: issues.index(second.pk)]) <= 2


def test_an_order_waits_for_whoever_comes_however_late(senders, first):
    enqueue_drain(first.pk, 16)
    senders.now += 24 * 3600
    senders.more = False
    senders.work(TURN)
    assert [issue for _at, issue in senders.turns] == [first.pk]


def test_an_issue_with_nothing_to_do_just_now_is_looked_at_every_minute(senders, first):
    """Mails wait for their next attempt, or the mail server is down."""
    senders.more = False
    enqueue_drain(first.pk)
    senders.work(1)
    other = make_large("Andra")
    enqueue_drain(other.pk, 3)
    kick_unfinished()
    assert senders.waiting == [other.pk] * 3 + [first.pk]


def test_without_redis_nobody_is_kept_from_going_on(first, monkeypatch):
    nowhere = redis.Redis(unix_socket_path="/nowhere/valkey.sock")
    monkeypatch.setattr(calls, "_redis", nowhere)
    calls.note(first.pk)
    calls.forget(first.pk)
    assert calls.somebody_is_at(first.pk) is False
    assert calls.nobody_is_waited_for() is True
    assert calls.is_over(0.0) is False
    assert enqueue_drain(first.pk, patient=False) is False
