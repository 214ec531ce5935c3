"""Whether the site can do its work: each part it needs, asked at this moment."""

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection

# Every queue that tasks are sent to. Workers share them out (Procfile); each must have somebody who takes from it.
QUEUES = sorted(
    {settings.CELERY_TASK_DEFAULT_QUEUE, *(route["queue"] for route in settings.CELERY_TASK_ROUTES.values())}
)
# Seconds. A worker gives a sign of life every other second; restarting one takes some.
HEARTBEAT_MAX_AGE = 60

logger = logging.getLogger(__name__)
_broker = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)


class NotReadyError(Exception):
    """A part does not do its work; the message says which and what was seen, without secrets."""


def record_heartbeat(queues: Iterable[str]) -> None:
    """A worker that takes tasks from these queues is alive."""
    now = time.time()
    cache.set_many({heartbeat_key(queue): now for queue in queues}, timeout=24 * 3600)


def heartbeat_key(queue: str) -> str:
    return f"website:heartbeat:{queue}"


def check_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise NotReadyError("the database does not answer") from error


def check_broker() -> None:
    try:
        _broker.ping()
    except redis.RedisError as error:
        raise NotReadyError("the broker does not answer") from error


def check_queue(queue: str) -> None:
    """Whether a worker lives that takes from it."""
    try:
        heartbeat = cache.get(heartbeat_key(queue))
    except redis.RedisError as error:
        raise NotReadyError("unknown, because the broker does not answer") from error
    if heartbeat is None:
        raise NotReadyError("no worker has given a sign of life yet")
    age = round(time.time() - heartbeat)
    if age > HEARTBEAT_MAX_AGE:
        raise NotReadyError(f"the last sign of life of a worker is {age} s old")


PARTS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "broker": check_broker,
    **{f"{queue} queue": partial(check_queue, queue) for queue in QUEUES},
}


def report() -> dict[str, str]:
    """Each part with "ok" or a sentence that says what is wrong with it."""
    return {name: _state(name, check) for name, check in PARTS.items()}


def _state(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except NotReadyError as reason:
        logger.warning("Not ready, %s: %s", name, reason, exc_info=reason.__cause__)
        return str(reason)
    return "ok"
