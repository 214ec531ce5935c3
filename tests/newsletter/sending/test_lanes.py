"""Connections on threads of their own: what is given to them always comes back, one way or another."""

import threading

import pytest

from newsletter.sending.lanes import Done, Down, Lanes, Ready
from newsletter.sending.outcome import Accepted, LockedOut, Refused, Uncertain
from tests.newsletter.scripted import HANG_UP, until


@pytest.fixture
def lanes():
    lanes = Lanes()
    yield lanes
    lanes.close()


def heard(lanes: Lanes, number: int = 1) -> list:
    """So many news, in the order they came."""
    told: list = []
    until(lambda: told.extend(lanes.hear(0.05)) or len(told) >= number)
    return told


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("lane")}


def test_a_lane_says_when_it_stands_and_what_became_of_a_parcel(scripted, lanes, parcel_for):
    scripted()
    lanes.start("lane1")
    assert (lanes.connecting, lanes.room) == (True, 0)
    (ready,) = heard(lanes)
    assert (type(ready), lanes.connecting, lanes.room, lanes.busy) == (Ready, False, 1, False)
    parcel = parcel_for()
    lanes.send(parcel)
    assert (lanes.room, lanes.busy) == (0, True)
    (done,) = heard(lanes)
    assert (type(done), done.parcel, done.outcome) == (Done, parcel, Accepted("250 2.0.0 Kept"))
    assert not lanes.busy


def test_parcels_go_to_the_lane_that_has_least_to_do(scripted, lanes, parcel_for):
    free = threading.Event()
    server = scripted(**{".": lambda _recipient: free.wait(10) and None})
    for name in ("lane1", "lane2", "lane3"):
        lanes.start(name)
    heard(lanes, 3)
    for number in range(3):
        lanes.send(parcel_for(f"lasare{number}@example.org"))
    assert sorted(lanes.load.values()) == [1, 1, 1]
    free.set()
    assert len(heard(lanes, 3)) == 3
    assert len(server.kept) == 3


def test_where_mails_are_slow_no_connection_waits_for_the_slowest(lanes):
    lanes.load = {object(): 1, object(): 1, object(): 0}
    assert (lanes.depth, lanes.room, lanes.hungry) == (1, 1, True)


def test_where_mails_are_quick_a_lane_has_the_next_at_hand(lanes):
    lanes.load = {object(): 1, object(): 0}
    lanes.seconds = 0.01
    assert (lanes.depth, lanes.room, lanes.hungry) == (2, 3, True)
    lanes.seconds = 0.2
    assert (lanes.depth, lanes.room, lanes.hungry) == (1, 1, True)


def test_a_trip_to_the_database_waits_for_half_the_room_where_mails_are_quick(lanes):
    lanes.seconds = 0.01
    lanes.load = {object(): 2, object(): 2, object(): 2, object(): 1}
    assert (lanes.room, lanes.hungry) == (1, False)
    lanes.load = {object(): 2, object(): 2, object(): 1, object(): 1}
    assert (lanes.room, lanes.hungry) == (2, True)
    lanes.load = {}
    assert (lanes.room, lanes.hungry) == (0, False)


def test_a_lane_that_goes_down_gives_back_all_it_has_not_offered(scripted, lanes, parcel_for):
    server = scripted(MAIL=HANG_UP)
    lanes.start("lane1")
    heard(lanes)
    lanes.seconds = 0.01
    first, second = parcel_for("lasare1@example.org"), parcel_for("lasare2@example.org")
    server.shut_the_door()
    lanes.send(first)
    lanes.send(second)
    done, down = heard(lanes, 2)
    assert (type(done), done.parcel, done.outcome.verdict) == (Done, first, "deferred")
    assert (type(down), down.parcels) == (Down, [second])
    assert (lanes.there, lanes.load, lanes.room, lanes.busy) == ({}, {}, 0, False)


def test_a_wrong_password_is_told_as_such(scripted, lanes, settings):
    scripted(offers=("AUTH PLAIN",), AUTH="535 5.7.8 no")
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "site", "wrong"
    lanes.start("lane1")
    (down,) = heard(lanes)
    assert (type(down.error), str(down.error), down.parcels) == (LockedOut, "535 5.7.8 no", [])


@pytest.mark.parametrize(
    "nonsense",
    [{"EMAIL_BACKEND": "no.such.Backend"}, {"EMAIL_USE_TLS": True, "EMAIL_USE_SSL": True}],
    ids=["no backend", "two kinds of TLS"],
)
def test_settings_that_make_no_sense_are_told_as_trouble(scripted, lanes, settings, nonsense):
    """The lane would end without a word otherwise, and the worker would wait for it for ever."""
    scripted()
    for name, value in nonsense.items():
        setattr(settings, name, value)
    lanes.start("lane1")
    (down,) = heard(lanes)
    assert type(down) is Down
    assert not lanes.connecting


def test_a_mail_that_cannot_be_written_is_refused_and_the_lane_goes_on(scripted, lanes, parcel_for):
    server = scripted()
    lanes.start("lane1")
    heard(lanes)
    lanes.send(parcel_for(token="short"))
    assert type(heard(lanes)[0].outcome) is Refused
    lanes.send(parcel_for())
    assert type(heard(lanes)[0].outcome) is Accepted
    assert server.connections == 1


def test_what_breaks_in_a_way_we_do_not_know_is_uncertain_and_the_lane_goes_on(
    scripted, lanes, parcel_for, monkeypatch
):
    server = scripted()
    lanes.start("lane1")
    heard(lanes)

    def broken(*_args: object) -> None:
        raise KeyError("what?")

    with monkeypatch.context() as patch:
        patch.setattr("newsletter.sending.carrier.SmtpCarrier.carry", broken)
        lanes.send(parcel_for())
        assert heard(lanes)[0].outcome == Uncertain("KeyError: 'what?'")
    lanes.send(parcel_for())
    assert type(heard(lanes)[0].outcome) is Accepted
    assert server.connections == 2


def test_closing_ends_every_thread_and_says_goodbye_on_every_connection(scripted, parcel_for):
    server = scripted()
    lanes = Lanes()
    for number in range(4):
        lanes.start(f"lane{number}")
    heard(lanes, 4)
    lanes.close()
    assert threads() == set()
    until(lambda: len(server.said("QUIT")) == 4)


def test_a_parcel_that_waits_behind_a_slow_one_can_be_called_back(scripted, lanes, parcel_for, monkeypatch):
    """It is marked as begun; but before it goes so much later, it has to be asked anew whether it still may."""
    monkeypatch.setattr("newsletter.sending.lanes.LONG", 60.0)
    free = threading.Event()
    server = scripted(**{".": lambda _recipient: free.wait(10) and None})
    lanes.start("lane1")
    heard(lanes)
    lanes.seconds = 0.01
    first, second = parcel_for("lasare1@example.org"), parcel_for("lasare2@example.org")
    lanes.send(first)
    lanes.send(second)
    until(lambda: server.said("MAIL"))
    assert lanes.recall() == []
    (lane,) = lanes.load
    lane.at_it_since -= 60
    assert lanes.recall() == [second]
    assert lanes.recall() == []
    # What came back is not given to the same lane again.
    assert (lanes.depth, lanes.room) == (1, 0)
    free.set()
    assert [news.parcel for news in heard(lanes)] == [first]
    assert [recipient for recipient, _content in server.kept] == ["lasare1@example.org"]


def test_a_lane_that_is_dismissed_says_goodbye_once_it_has_nothing_at_hand(scripted, lanes, parcel_for):
    free = threading.Event()
    server = scripted(**{".": lambda _recipient: free.wait(10) and None})
    for name in ("lane1", "lane2"):
        lanes.start(name)
    heard(lanes, 2)
    lanes.send(parcel_for())
    lanes.dismiss({"lane1", "lane2"})
    assert (len(lanes.there), lanes.room) == (1, 0)
    free.set()
    heard(lanes)
    lanes.dismiss(set(lanes.there))
    assert (lanes.there, lanes.load, lanes.busy) == ({}, {}, False)
    until(lambda: len(server.said("QUIT")) == 2)


def test_a_lane_that_is_dismissed_before_it_stands_gets_nothing(scripted, lanes):
    ready = threading.Event()
    scripted(EHLO=lambda _said: ready.wait(10) and None)
    lanes.start("lane1")
    lanes.dismiss({"lane1"})
    ready.set()
    heard(lanes)
    assert (lanes.there, lanes.load) == ({}, {})
