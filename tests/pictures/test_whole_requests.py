"""Requests that are too large, stop coming or do not say how long they are."""

import io
from types import SimpleNamespace

import pytest
from django.test import Client, RequestFactory

from pictures import limits, middleware
from pictures.limits import MAX_BYTES
from tests.pictures.factories import upload
from tests.pictures.transfers import PNG, spooled

pytestmark = pytest.mark.django_db

FORM = "/inkopsportalen/ansokan/"
MULTIPART = {"CONTENT_TYPE": "multipart/form-data; boundary=x"}
CHUNKED = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}


def test_a_request_far_beyond_the_limit_gets_the_413_page_and_is_not_kept(client, monkeypatch):
    monkeypatch.setattr(middleware, "MAX_REQUEST_BYTES", 100_000)
    response = client.post(FORM, {"logo": upload(PNG), "upload_logo": "1"})
    assert response.status_code == 413
    assert "Du skickade 0,3\xa0MB på en gång; vi kan ta emot högst 0,1\xa0MB åt gången." in response.text
    assert spooled() == []


def test_three_pictures_at_their_largest_fit_in_one_request():
    assert 3 * MAX_BYTES < limits.MAX_REQUEST_BYTES < 4 * MAX_BYTES


@pytest.mark.parametrize("length", ["", "abc", "-1", "10"])
def test_a_length_that_is_no_number_is_left_to_the_server(length):
    request = RequestFactory().post("/", CONTENT_LENGTH=length)
    assert middleware.declared_length(request) <= 10


def test_a_sender_who_leaves_is_nobody_to_answer():
    class Gone(io.BytesIO):
        def read(self, *args):
            raise OSError

    request = RequestFactory().get("/")
    request._stream = Gone()
    middleware.drain(request)


def test_ten_thousand_fields_and_a_thousand_files_are_a_bad_request_with_a_page(client):
    for data in (
        {f"f{number}": "x" for number in range(10_000)},
        {f"f{number}": upload(b"x") for number in range(1_000)},
    ):
        response = client.post("/bilder/borttagning/", data)
        assert response.status_code == 400
        assert "Något i det som din webbläsare skickade" in response.text
    assert spooled() == []


def test_a_body_whose_length_is_not_told_is_asked_for_it(client):
    body = io.BytesIO(b"4\r\n--x\r\n")
    response = client.generic("POST", FORM, **{**MULTIPART, **CHUNKED, "wsgi.input": body})
    assert (response.status_code, response["Connection"]) == (411, "close")
    assert "Det som skickades talade inte om hur stort det är" in response.text


class Stalling(io.BytesIO):
    """A sender who says nothing more after what there is, until the server's patience ends."""

    def read(self, *args):
        found = super().read(*args)
        if not found:
            raise TimeoutError
        return found


def test_an_upload_that_stalls_is_told_so_and_leaves_nothing():
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + PNG[:200_000]
    sending = {**MULTIPART, "CONTENT_LENGTH": "2000000", "wsgi.input": Stalling(body)}
    response = Client(enforce_csrf_checks=True).generic("POST", FORM, **sending)
    assert (response.status_code, response["Connection"]) == (408, "close")
    assert "På en minut kom inget mer från din webbläsare" in response.text
    assert spooled() == []


def test_the_server_loses_patience_after_a_minute():
    from config import gunicorn

    patience = []
    sock = SimpleNamespace(settimeout=patience.append)
    gunicorn.pre_request(None, SimpleNamespace(unreader=SimpleNamespace(sock=sock)))
    assert patience == [60]
