"""Calls for workers to come to an issue: how long a call holds good, and whether another is needed.

By Redis' clock, as those of workers need not agree. A Redis that does not answer costs a call too many, no sending.
"""

import logging

import redis
from django.conf import settings

from newsletter.sending.pace import key

logger = logging.getLogger(__name__)

# Seconds. A call that nobody has answered for so long is over: the clock has called again, or has seen others at work.
LASTS = 90

_redis = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5, socket_timeout=5)


def now() -> float:
    """Raises redis.RedisError, as does `end_of_a_call`."""
    seconds, microseconds = _redis.time()
    return float(seconds) + float(microseconds) / 1_000_000


def end_of_a_call() -> float:
    """When a call is over that is made now."""
    return now() + LASTS


def is_over(end: float | None) -> bool:
    """Whether a call comes too late; one without an end never does."""
    try:
        return end is not None and now() > end
    except redis.RedisError:
        return False


def note(issue_id: int) -> None:
    """Somebody is at the issue, or has just been called to it."""
    try:
        _redis.set(_place(issue_id), end_of_a_call(), ex=LASTS)
    except redis.RedisError:
        logger.info("Redis does not answer; the clock will call for issue %s", issue_id)


def forget(issue_id: int) -> None:
    """Somebody who was at the issue has nothing more to do there now."""
    try:
        _redis.delete(_place(issue_id))
    except redis.RedisError:
        logger.info("Redis does not answer; the clock will wait before it calls for issue %s", issue_id)


def somebody_is_at(issue_id: int) -> bool:
    """Whether somebody has lately been at the issue, or been called to it."""
    try:
        return float(_redis.get(_place(issue_id)) or 0) > now()
    except redis.RedisError:
        return False


def nobody_is_waited_for() -> bool:
    """Whether all calls have been answered, so that workers may be there with nothing to do."""
    try:
        return not _redis.llen(f"{settings.REDIS_PREFIX}{queue()}")
    except redis.RedisError:
        return True


def queue() -> str:
    return settings.CELERY_TASK_ROUTES["newsletter.drain"]["queue"]


def _place(issue_id: int) -> str:
    return key(f"at:{issue_id}")
