"""The limits of the fleet and of each domain, kept by workers that do not know each other."""

import threading
import time

import pytest

from newsletter.sending import Drain
from newsletter.sending.pace import FLEET, Grant, Pace, key
from tests.newsletter.factories import make_subscriber
from tests.newsletter.sending.turns import counts, everybody, to, wait_for_each_other

pytestmark = pytest.mark.django_db(transaction=True)


def arrivals(server) -> list[float]:
    """When each mail was offered, from now on."""
    at: list[float] = []
    server.steps["MAIL"] = lambda _said: at.append(time.monotonic())
    return at


def expect_no_sooner(moments: list[float], *, began: float, rate: int) -> None:
    """A second's worth may come at once, each of the others when it is due; a machine that is held up is only later."""
    sooner_by = [began + (number - rate) / rate - moment for number, moment in enumerate(sorted(moments))]
    assert max(sooner_by) < 0.01


def test_a_domain_gets_no_more_than_its_share_and_holds_no_other_up(scripted, frozen, settings, monkeypatch):
    # Most of them are claimed, found to be too many, given back and left out of the claims for a while.
    monkeypatch.setattr("newsletter.sending.plan.AHEAD", 1.0)
    settings.NEWSLETTER_DOMAIN_RATE = 4
    for index in range(6):
        make_subscriber(f"annan{index}@domain{index}.example.net")
    server = scripted()
    at = arrivals(server)
    issue = frozen(20)
    finished: dict[str, float] = {}

    def note(recipient: str) -> None:
        finished[recipient] = time.monotonic()

    server.steps["."] = note
    began = time.monotonic()
    while Drain(issue.pk).run():
        pass
    assert len(to(server)) == 26
    ours = sorted(moment for recipient, moment in finished.items() if recipient.endswith("@example.org"))
    expect_no_sooner(ours, began=began, rate=4)
    # All the others while ours still had half of their way to go.
    assert max(finished[f"annan{index}@domain{index}.example.net"] for index in range(6)) < ours[10]
    assert len(at) == 26


def test_two_workers_keep_to_the_limit_of_the_fleet_together(scripted, frozen, at_work, settings, monkeypatch):
    monkeypatch.setattr("newsletter.sending.plan.BATCH", 10)
    wait_for_each_other(monkeypatch, 2)
    settings.NEWSLETTER_RATE = 20
    server = scripted()
    at = arrivals(server)
    issue = frozen(60)
    began = time.monotonic()
    for worker in [at_work(issue), at_work(issue)]:
        worker.join(30)
    assert to(server) == everybody(60)
    assert issue.deliveries.values("worker").distinct().count() == 2
    expect_no_sooner(at, began=began, rate=20)


def test_a_worker_held_up_on_its_way_to_the_limits_sends_nothing_too_soon(scripted, frozen, settings, monkeypatch):
    settings.NEWSLETTER_DOMAIN_RATE = 4
    draw, asked = Pace.draw, []

    def held_up(pace: Pace, wanted: dict[str, int], *, ahead: float) -> dict[str, Grant]:
        if wanted and FLEET not in wanted:
            time.sleep(1.5)
            asked.append(time.monotonic())
        return draw(pace, wanted, ahead=ahead)

    monkeypatch.setattr(Pace, "draw", held_up)
    server = scripted()
    at = arrivals(server)
    Drain(frozen(8).pk).run()
    assert to(server) == everybody(8)
    expect_no_sooner(at, began=asked[0], rate=4)


def test_a_limit_so_low_that_a_turn_sends_next_to_nothing_is_kept_and_loses_nothing(
    scripted, frozen, settings, monkeypatch
):
    monkeypatch.setattr("newsletter.sending.turn.LASTS", 0.4)
    settings.NEWSLETTER_RATE = settings.NEWSLETTER_LEASE_SECONDS = 2
    server = scripted()
    issue = frozen(6)
    turns = 0
    while issue.deliveries.open().exists():
        Drain(issue.pk).run()
        turns += 1
        assert turns < 10
    assert to(server) == everybody(6)
    assert set(issue.deliveries.values_list("attempt", flat=True)) == {1}


def test_a_server_that_says_too_much_slows_the_fleet_down(scripted, frozen, settings, redis_server):
    settings.NEWSLETTER_CONNECTIONS = 1
    server = scripted()
    server.steps["."] = lambda recipient: "421 4.7.0 too fast" if len(server.heard) < 8 else None
    issue = frozen(3)
    Drain(issue.pk).run()
    assert float(redis_server.hget(key("pace:*"), "cap")) <= 5_000
    assert issue.deliveries.filter(smtp_reply="421 4.7.0 too fast").count() >= 1
    assert redis_server.hget(key("pace:example.org"), "cap") is None


def test_a_domain_that_says_too_much_is_slowed_down_alone(scripted, frozen, settings, redis_server):
    settings.NEWSLETTER_CONNECTIONS = 1
    scripted(RCPT="454 4.7.1 too many for this domain")
    Drain(frozen(1).pk).run()
    assert float(redis_server.hget(key("pace:example.org"), "cap")) <= 5_000
    assert redis_server.hget(key("pace:*"), "cap") is None


def test_workers_keep_to_the_number_of_connections_there_may_be(scripted, frozen, at_work, settings):
    settings.NEWSLETTER_CONNECTIONS, settings.NEWSLETTER_CONNECTIONS_TOTAL = 4, 6
    open_now, most, lock = [0], [0], threading.Lock()
    server = scripted()

    def hello(_said: str) -> None:
        with lock:
            open_now[0] += 1
            most[0] = max(most[0], open_now[0])

    def goodbye(_said: str) -> None:
        with lock:
            open_now[0] -= 1

    server.steps |= {"hello": hello, "QUIT": goodbye, ".": lambda _recipient: time.sleep(0.05)}
    issue = frozen(60)
    for worker in [at_work(issue) for _ in range(3)]:
        worker.join(30)
    while Drain(issue.pk).run():
        pass
    assert to(server) == everybody(60)
    assert most[0] <= 6


def test_a_worker_without_a_place_leaves_the_issue_to_the_others(scripted, frozen, settings):
    settings.NEWSLETTER_CONNECTIONS_TOTAL = 2
    Pace().connect(["somebody:0", "somebody:1"])
    server = scripted()
    issue = frozen(2)
    assert Drain(issue.pk).run() is False
    assert (server.connections, counts(issue)) == (0, {"pending": 2})
    Pace().disconnect(["somebody:0", "somebody:1"])
    Drain(issue.pk).run()
    assert to(server) == everybody(2)
