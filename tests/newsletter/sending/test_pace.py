"""The limits of the whole fleet, with the real Redis and a clock that goes when it is told to."""

import random
import socket
import time
from bisect import bisect

import pytest
import redis

from newsletter.sending import pace as scripts
from newsletter.sending.pace import CONNECTION_LASTS, FLEET, Grant, Pace, PaceUnknown, bucket, key
from tests.stopwatch import Stopwatch

AHEAD = 5.0


class Clock:
    """What the scripts take for the time of Redis; it stands still between two tellings."""

    def __init__(self, redis_server: redis.Redis) -> None:
        self.redis, self.microseconds = redis_server, int(time.time()) * 1_000_000
        self.forward(0)

    def forward(self, seconds: float) -> None:
        self.microseconds += round(seconds * 1_000_000)
        self.redis.delete(key("clock"))
        self.redis.rpush(key("clock"), *divmod(self.microseconds, 1_000_000))

    @property
    def now(self) -> float:
        return self.microseconds / 1_000_000


@pytest.fixture
def clock(redis_server, monkeypatch) -> Clock:
    for name in ("DRAW", "SLOW_DOWN", "CONNECT"):
        script = getattr(scripts, name)
        assert script.count("redis.call('TIME')") == 1
        monkeypatch.setattr(
            scripts, name, script.replace("redis.call('TIME')", f"redis.call('LRANGE', '{key('clock')}', 0, 1)")
        )
    return Clock(redis_server)


@pytest.fixture
def pace(settings, clock) -> Pace:
    settings.NEWSLETTER_RATE, settings.NEWSLETTER_DOMAIN_RATE = 10, 2
    settings.NEWSLETTER_CONNECTIONS_TOTAL = 5
    return Pace()


@pytest.fixture
def drawn(redis_server, clock):
    """So many mails a second have been drawn lately, by all workers together."""

    def drawn(scope: str, speed: float) -> None:
        redis_server.hset(bucket(scope), mapping={"since": clock.now - 8, "count": int(speed * 8)})

    return drawn


def fleet(pace: Pace, wanted: int) -> Grant:
    return pace.draw({FLEET: wanted}, ahead=AHEAD)[FLEET]


def test_as_many_are_granted_as_come_due_within_the_time_ahead(pace):
    grant = fleet(pace, 1_000)
    # A second's worth that was saved up, and five seconds' worth ahead.
    assert grant.number == 60
    assert grant.between == pytest.approx(0.1)
    assert grant.delays()[0] == 0
    assert grant.delays()[-1] == pytest.approx(5.9)
    assert fleet(pace, 1_000).number == 0


def test_no_more_is_granted_than_is_wanted_and_the_rest_is_there_for_others(pace):
    assert fleet(pace, 3).number == 3
    assert fleet(Pace(), 1_000).number == 57


def test_the_next_waits_until_what_was_granted_has_gone(pace):
    fleet(pace, 30)
    grant = fleet(pace, 10)
    assert grant.number == 10
    assert grant.wait == pytest.approx(2.0)
    assert grant.delays() == pytest.approx([grant.wait + index / 10 for index in range(10)])


def test_time_fills_the_bucket_and_a_long_rest_no_further_than_a_second(pace, clock):
    fleet(pace, 1_000)
    clock.forward(2.05)
    assert fleet(pace, 1_000).number == 20
    clock.forward(1_000)
    assert fleet(pace, 1_000).number == 60


@pytest.mark.parametrize("seed", range(5))
def test_however_it_is_drawn_no_second_holds_more_than_its_share_and_what_was_saved_up(pace, clock, seed):
    dice = random.Random(seed)  # noqa: S311
    due: list[float] = []
    for _ in range(200):
        clock.forward(dice.choice([0, 0.01, 0.3, 1, 7]))
        due += [clock.now + delay for delay in fleet(pace, dice.randrange(1, 40)).delays()]
    assert len(due) > 1_000
    assert max(bisect(due, start + 0.999) - index for index, start in enumerate(due)) == 20


def test_each_domain_has_a_bucket_of_its_own(pace):
    fleet(pace, 1_000)
    grants = pace.draw({"example.org": 50, "example.net": 1}, ahead=AHEAD)
    assert {domain: grant.number for domain, grant in grants.items()} == {"example.org": 12, "example.net": 1}
    assert pace.draw({"example.org": 50}, ahead=AHEAD)["example.org"].number == 0


def test_nothing_wanted_is_not_asked_for(pace, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert Pace().draw({}, ahead=AHEAD) == {}


@pytest.mark.parametrize("domain", ["", "*", "räksmörgås.example", "a b", "x" * 300, "{a}:b\n"])
def test_whatever_a_domain_looks_like_it_has_a_limit(pace, domain):
    assert pace.draw({domain: 2}, ahead=AHEAD)[domain].number == 2


def test_a_server_that_says_too_much_halves_the_rate_and_one_trouble_counts_once(pace, drawn):
    drawn(FLEET, 8.0)
    assert pace.slow_down(FLEET) == pytest.approx(4.0)
    assert pace.slow_down(FLEET) == pytest.approx(4.0)
    assert fleet(pace, 1_000).between == pytest.approx(0.25)


def test_before_anything_was_drawn_the_limit_is_halved(pace):
    assert pace.slow_down(FLEET) == pytest.approx(5.0)
    pace.draw({"example.org": 5}, ahead=AHEAD)
    assert pace.slow_down("example.org") == pytest.approx(1.0)


def test_what_the_workers_draw_together_is_the_rate_that_is_halved(pace, clock):
    """Sixteen workers that get six mails a second through, each."""
    pace.draw({FLEET: 48}, ahead=AHEAD)
    clock.forward(6)
    assert pace.slow_down(FLEET) == pytest.approx(4.0)


def test_the_stretch_before_counts_while_the_new_one_is_young(pace, clock):
    pace.draw({FLEET: 60}, ahead=AHEAD)
    clock.forward(12)
    pace.draw({FLEET: 60}, ahead=AHEAD)
    assert pace.slow_down(FLEET) == pytest.approx(2.5)


def test_asked_again_after_it_has_recovered_it_halves_what_is_drawn_and_not_the_limit(pace, drawn, clock):
    drawn(FLEET, 4.0)
    pace.slow_down(FLEET)
    clock.forward(600)
    drawn(FLEET, 4.0)
    assert pace.slow_down(FLEET) == pytest.approx(2.0)


def test_what_was_drawn_long_ago_says_nothing_about_now(pace, clock):
    pace.draw({FLEET: 1}, ahead=AHEAD)
    clock.forward(600)
    pace.draw({FLEET: 1}, ahead=AHEAD)
    assert pace.slow_down(FLEET) == pytest.approx(5.0)


def test_the_rate_never_falls_to_nothing(pace, clock):
    for _ in range(20):
        pace.slow_down("example.org")
        clock.forward(2)
    assert pace.slow_down("example.org") == pytest.approx(0.02)
    assert pace.draw({"example.org": 5}, ahead=AHEAD)["example.org"].number == 1


def test_with_every_quiet_minute_the_rate_doubles_until_it_is_back_at_the_limit(pace, drawn, clock):
    drawn(FLEET, 4.0)
    pace.slow_down(FLEET)
    clock.forward(60)
    assert fleet(pace, 1_000).between == pytest.approx(0.25)
    clock.forward(60)
    assert fleet(pace, 1_000).between == pytest.approx(0.125)
    clock.forward(600)
    assert fleet(pace, 1_000).number == 60


def test_a_clock_that_is_set_back_makes_nobody_wait_for_the_old_time(pace, clock):
    fleet(pace, 1_000)
    clock.forward(-3600)
    assert fleet(pace, 1_000).number == 0
    clock.forward(0.35)
    grant = fleet(pace, 1_000)
    assert (grant.number, grant.wait) == (3, pytest.approx(AHEAD - 0.35))


def test_a_slowed_rate_recovers_though_the_clock_was_set_back(pace, drawn, clock):
    drawn(FLEET, 8.0)
    pace.slow_down(FLEET)
    clock.forward(-3600)
    assert fleet(pace, 1_000).between == pytest.approx(0.25)
    clock.forward(60)
    assert fleet(pace, 1_000).between == pytest.approx(0.125)
    clock.forward(-3600)
    assert pace.slow_down(FLEET) == pytest.approx(2.0)


# --- Connections -----------------------------------------------------------------------------------------------------


def test_there_are_only_so_many_places_for_connections(pace):
    assert pace.connect(["a:0", "a:1", "a:2"]) == {"a:0", "a:1", "a:2"}
    assert len(pace.connect(["b:0", "b:1", "b:2"])) == 2
    assert pace.connect(["c:0"]) == set()


def test_who_has_a_place_keeps_it(pace):
    names = ["a:0", "a:1", "a:2", "a:3", "a:4"]
    pace.connect(names)
    assert pace.connect(names) == set(names)
    assert pace.connect(["b:0"]) == set()


def test_a_place_that_is_given_up_is_free(pace):
    pace.connect(["a:0", "a:1", "a:2", "a:3", "a:4"])
    pace.disconnect(["a:0", "a:1", "never there"])
    assert pace.connect(["b:0", "b:1", "b:2"]) == {"b:0", "b:1"}


def test_the_place_of_a_dead_worker_runs_out(pace, clock):
    pace.connect(["a:0", "a:1", "a:2", "a:3", "a:4"])
    clock.forward(CONNECTION_LASTS - 1)
    pace.connect(["a:1", "a:2", "a:3", "a:4"])
    assert pace.connect(["b:0"]) == set()
    clock.forward(1)
    assert pace.connect(["b:0", "b:1"]) == {"b:0"}


def test_places_taken_before_the_clock_was_set_back_run_out_as_well(pace, clock):
    pace.connect([f"a:{number}" for number in range(5)])
    clock.forward(-3600)
    assert len(pace.connect(["b:0", "b:1"])) == 2


# --- A Redis that does not answer ------------------------------------------------------------------------------------


def test_without_redis_nobody_knows_the_pace(pace, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    pace = Pace()
    for ask in (
        lambda: pace.draw({FLEET: 1}, ahead=AHEAD),
        lambda: pace.slow_down(FLEET),
        lambda: pace.connect(["a:0"]),
    ):
        with pytest.raises(PaceUnknown):
            ask()
    pace.disconnect(["a:0"])


def test_a_redis_that_hangs_costs_seconds_and_not_minutes(pace, settings):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.REDIS_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        with Stopwatch() as watch, pytest.raises(PaceUnknown):
            Pace().draw({FLEET: 1}, ahead=AHEAD)
        assert watch.seconds < 8


def test_a_redis_that_lost_its_scripts_is_told_them_again(pace, redis_server):
    fleet(pace, 1)
    redis_server.script_flush()
    assert fleet(pace, 1).number == 1


def test_a_redis_that_closed_the_connection_is_asked_over_a_new_one(pace, redis_server):
    fleet(pace, 1)
    redis_server.client_kill_filter(_id=pace.redis.client_id())
    assert fleet(pace, 1).number == 1


def test_a_redis_that_may_not_write_is_one_that_does_not_answer(pace, monkeypatch):
    def refuse(*_self: object, **_arguments: object) -> None:
        raise redis.exceptions.ReadOnlyError("You can't write against a read only replica.")

    monkeypatch.setattr(Pace, "_draw", refuse)
    with pytest.raises(PaceUnknown):
        fleet(pace, 1)
