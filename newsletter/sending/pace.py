"""How fast the whole fleet may send: token buckets in Redis that all workers draw from, and a cap on connections.

A bucket is kept as the moment at which it would be full again (the generic cell rate algorithm, ITU-T I.371): one
number, and no clock but Redis' own. When that is set back, nobody waits for the old time to come again. A mail server
that says it is too much halves the rate that its bucket has really been drawn at, which then doubles with every quiet
minute until it is back at the limit.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import redis
from django.conf import settings

logger = logging.getLogger(__name__)

FLEET = "*"

# KEYS: one hash per bucket. ARGV: seconds to look ahead, then for each bucket its rate and how many are wanted.
# Returns for each bucket how many are granted, the seconds until the first and those between two; as text, since Redis
# cuts numbers.
DRAW = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local ahead = tonumber(ARGV[1])
local answers = {}
for number, key in ipairs(KEYS) do
    local rate, wanted = tonumber(ARGV[number * 2]), tonumber(ARGV[number * 2 + 1])
    local kept = redis.call('HMGET', key, 'next', 'cap', 'at', 'since', 'count')
    if kept[2] then
        local since = now - tonumber(kept[3])
        if since < 0 then
            since = 0
            redis.call('HSET', key, 'at', string.format('%.6f', now))
        end
        rate = math.min(rate, tonumber(kept[2]) * 2 ^ (since / 60))
    end
    local burst = math.max(rate, 1)
    -- Nobody is granted anything further ahead than this.
    local first = math.min(math.max(tonumber(kept[1] or 0), now - burst / rate), now + ahead)
    local granted = math.max(math.min(wanted, math.floor((now + ahead - first) * rate)), 0)
    redis.call('HSET', key, 'next', string.format('%.6f', first + granted / rate))
    -- What is really drawn, by stretches of some seconds: the one that runs, and the speed of the one before.
    local since, count = tonumber(kept[4]), tonumber(kept[5] or 0)
    if not since or now < since or now - since >= 2 * STRETCH then
        redis.call('HDEL', key, 'speed')
        since, count = now, 0
    elseif now - since >= STRETCH then
        redis.call('HSET', key, 'speed', string.format('%.6f', count / (now - since)))
        since, count = now, 0
    end
    redis.call('HSET', key, 'since', string.format('%.6f', since), 'count', count + granted)
    redis.call('EXPIRE', key, 3600)
    answers[number] = {granted, string.format('%.6f', math.max(first - now, 0)), string.format('%.9f', 1 / rate)}
end
return answers
"""

# KEYS: the bucket. ARGV: its limit and the least rate. Returns the new rate as text.
SLOW_DOWN = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local limit, least = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'cap', 'at', 'since', 'count', 'speed')
-- Before it has been drawn from for a stretch, its limit is all that is known of it.
local rate = math.min(limit, tonumber(kept[5]) or limit)
local span = now - tonumber(kept[3] or now)
if span >= STRETCH / 2 and tonumber(kept[4]) > 0 then rate = math.min(limit, tonumber(kept[4]) / span) end
if kept[1] then
    -- One trouble is noticed by several connections at once and slows us down once.
    local since = now - tonumber(kept[2])
    if since >= 0 and since < 1 then return kept[1] end
    rate = math.min(rate, tonumber(kept[1]) * 2 ^ (math.max(since, 0) / 60))
end
local cap = string.format('%.6f', math.max(rate / 2, least))
redis.call('HSET', KEYS[1], 'cap', cap, 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], 3600)
return cap
"""

# KEYS: the sorted set of connections, by the time they are taken for closed. ARGV: how many there may be, seconds until
# then, and the name of each connection that is there or wants to be. Returns the names that may be.
CONNECT = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + tonumber(ARGV[2]) + 1, '+inf')
local admitted = {}
for number = 3, #ARGV do
    local there = redis.call('ZSCORE', KEYS[1], ARGV[number])
    if there or redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[1]) then
        redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[number])
        admitted[#admitted + 1] = ARGV[number]
    end
end
redis.call('EXPIRE', KEYS[1], 3600)
return admitted
"""

# What was drawn is counted for so many seconds at a time.
STRETCH = "10"
DRAW, SLOW_DOWN = DRAW.replace("STRETCH", STRETCH), SLOW_DOWN.replace("STRETCH", STRETCH)
# A bucket is slowed down to this part of its limit at the most.
SLOWEST = 0.01
# A connection whose worker has not renewed it for so long, in seconds, is gone.
CONNECTION_LASTS = 60


class PaceUnknown(Exception):
    """Redis does not answer, so nobody knows how much the others are sending: wait rather than send too much."""


@dataclass(frozen=True)
class Grant:
    """So many mails may go: the first in `wait` seconds, the others `between` seconds apart."""

    number: int
    wait: float
    between: float

    def delays(self) -> list[float]:
        """Seconds from now for each of them."""
        return [max(self.wait + index * self.between, 0.0) for index in range(self.number)]


class Pace:
    """The limits of the fleet. Every method raises PaceUnknown when Redis does not answer."""

    def draw(self, wanted: Mapping[str, int], *, ahead: float) -> dict[str, Grant]:
        """Draw tokens for so many mails to each domain (or `FLEET`), as far as they come due within `ahead` seconds."""
        if not wanted:
            return {}
        arguments: list[float] = [ahead]
        for scope, number in wanted.items():
            arguments += [limit_of(scope), number]
        answers = self._run(self._draw, [bucket(scope) for scope in wanted], arguments)
        return {
            scope: Grant(int(number), float(wait), float(between))
            for scope, (number, wait, between) in zip(wanted, answers, strict=True)
        }

    def slow_down(self, scope: str) -> float:
        """Halve the rate of a domain or of the fleet; returns the new one, in mails per second."""
        limit = limit_of(scope)
        rate = float(self._run(self._slow_down, [bucket(scope)], [limit, limit * SLOWEST]))
        logger.warning("The mail server asks us to slow down: %s now at most %.2f mails a second", scope, rate)
        return rate

    def connect(self, names: list[str]) -> set[str]:
        """Take a place for each of these connections, or keep it; returns those that have one."""
        arguments = [settings.NEWSLETTER_CONNECTIONS_TOTAL, CONNECTION_LASTS, *names]
        return {name.decode() for name in self._run(self._connect, [key("connections")], arguments)}

    def disconnect(self, names: list[str]) -> None:
        """Give the places up. A Redis that does not answer lets them run out by themselves."""
        if names:
            try:
                self.redis.zrem(key("connections"), *names)
            except redis.RedisError:
                logger.info("Redis does not answer; %s places of connections run out by themselves", len(names))

    @cached_property
    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5)

    @cached_property
    def _draw(self) -> Any:
        return self.redis.register_script(DRAW)

    @cached_property
    def _slow_down(self) -> Any:
        return self.redis.register_script(SLOW_DOWN)

    @cached_property
    def _connect(self) -> Any:
        return self.redis.register_script(CONNECT)

    @staticmethod
    def _run(script: Any, keys: list[str], arguments: list[Any]) -> Any:
        try:
            return script(keys=keys, args=arguments)
        except redis.RedisError as error:
            raise PaceUnknown(str(error)) from error


def limit_of(scope: str) -> float:
    """Mails per second, from the settings."""
    return settings.NEWSLETTER_RATE if scope == FLEET else settings.NEWSLETTER_DOMAIN_RATE


def key(name: str) -> str:
    return f"{settings.REDIS_PREFIX}innovationslabb:newsletter:{name}"


def bucket(scope: str) -> str:
    return key(f"pace:{scope}")
