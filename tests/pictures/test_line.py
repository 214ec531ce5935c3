"""Reading a body below gunicorn's reader, with gunicorn's own readers over a real pair of sockets."""

import io
import socket
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.http.body import Body as GunicornBody
from gunicorn.http.body import LengthReader
from gunicorn.http.unreader import SocketUnreader

from pictures.body import Body, BrokeOff
from pictures.line import Line

CONTENT = bytes(range(256)) * 1_200  # 307,200 bytes


@pytest.fixture
def sender():
    with Sender() as pair:
        yield pair


class Sender:
    """Somebody who sends, and the request that comes of it."""

    def __enter__(self) -> "Sender":
        self.theirs, self.ours = socket.socketpair()
        self.ours.settimeout(5)
        return self

    def __exit__(self, *_exception: object) -> None:
        self.theirs.close()
        self.ours.close()

    def request(self, length: int, *, already_read: bytes = b"") -> Any:
        """A request of which `already_read` came together with its headers."""
        unreader = SocketUnreader(self.ours)
        unreader.unread(already_read)
        body = GunicornBody(LengthReader(unreader, length))
        environ = {"gunicorn.socket": self.ours, "wsgi.input": body}
        return SimpleNamespace(META={"CONTENT_LENGTH": str(length)}, environ=environ, read=body.read)


def test_everything_arrives_once_and_in_order(sender):
    request = sender.request(len(CONTENT), already_read=CONTENT[:70_000])
    sender.theirs.setblocking(False)
    body, got, sent = Body(request), bytearray(), 70_000
    for piece in body.pieces():
        got += piece
        if sent < len(CONTENT):
            sent += sender.theirs.send(CONTENT[sent : sent + 50_000])
    assert bytes(got) == CONTENT
    assert body.line is not None
    assert (body.left, request.environ["wsgi.input"].reader.length) == (0, 0)


@pytest.mark.parametrize("seconds", [5, None], ids=["with a time limit", "without"])
def test_what_has_come_is_handed_over_without_waiting_for_more(sender, seconds):
    sender.ours.settimeout(seconds)
    request = sender.request(1_000_000)
    sender.theirs.sendall(CONTENT[:65_536])
    pieces = Body(request).pieces()
    next(pieces)
    sender.theirs.sendall(b"seven b")
    assert bytes(next(pieces)) == b"seven b"


def test_what_comes_while_a_piece_is_read_is_a_part_of_it(sender):
    def slow(room: memoryview) -> int:
        got = sender.ours.recv_into(room)
        sender.theirs.sendall(b"en more")
        return got

    body = Body(sender.request(1_000_000))
    sender.theirs.sendall(CONTENT[:65_536])
    pieces = body.pieces()
    next(pieces)
    sender.theirs.sendall(b"sev")
    ours = sender.ours
    body.line.connection = SimpleNamespace(recv_into=slow, gettimeout=ours.gettimeout, fileno=ours.fileno)
    assert bytes(next(pieces)) == b"seven more"
    assert body.left == 1_000_000 - 65_536 - 10


def test_below_a_connection_that_speaks_tls_nothing_is_read(sender):
    class Secure(socket.socket):
        pass

    request = sender.request(100_000, already_read=CONTENT[:100_000])
    with Secure() as request.environ["gunicorn.socket"]:
        assert Line.below(request) is None


def test_the_next_request_on_the_connection_is_left_alone(sender):
    next_request = b"GET / HTTP/1.1\r\n\r\n"
    request = sender.request(100_000, already_read=CONTENT[:100_000] + next_request)
    assert b"".join(bytes(piece) for piece in Body(request).pieces()) == CONTENT[:100_000]
    assert request.environ["wsgi.input"].reader.unreader.take_buffered() == next_request


@pytest.mark.parametrize("leave", [lambda pair: pair.theirs.close(), lambda pair: pair.ours.settimeout(0.05)])
def test_who_leaves_or_falls_silent_breaks_off(sender, leave):
    request = sender.request(200_000)
    sender.theirs.sendall(CONTENT[:80_000])
    leave(sender)
    got: list[bytes] = []
    with pytest.raises(BrokeOff):
        got.extend(bytes(piece) for piece in Body(request).pieces())
    assert b"".join(got) == CONTENT[:80_000]


def test_after_a_silence_the_connection_is_not_used_again(sender):
    request = sender.request(200_000)
    sender.ours.settimeout(0.05)
    sender.theirs.sendall(CONTENT[:80_000])
    with pytest.raises(BrokeOff):
        list(Body(request).pieces())
    assert request.environ["wsgi.input"].failed is True


@pytest.mark.parametrize("gone", ["gunicorn.socket", "wsgi.input"])
def test_another_server_is_read_as_usual(sender, gone):
    request = sender.request(100_000, already_read=CONTENT[:100_000])
    del request.environ[gone]
    assert Line.below(request) is None
    assert b"".join(Body(request).pieces()) == CONTENT[:100_000]


@pytest.mark.parametrize("part", ["reader", "buf"])
def test_a_reader_that_is_not_as_we_know_it_is_left_alone(sender, part):
    request = sender.request(100_000, already_read=CONTENT[:100_000])
    reader = request.environ["wsgi.input"].reader
    body = request.environ["wsgi.input"] = SimpleNamespace(reader=reader, buf=io.BytesIO())
    delattr(body, part)
    assert Line.below(request) is None
    assert reader.unreader.take_buffered() == CONTENT[:100_000]
