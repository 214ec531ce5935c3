"""Each request has an id, in its answer and in its log lines."""

import json
import logging
import threading

import pytest
from django.conf import settings as project
from django.test import Client
from pythonjsonlogger.json import JsonFormatter

from config.requests import HEADER, RequestIdFilter, current_id
from website import readiness


def said(caplog, logger: str) -> list[logging.LogRecord]:
    """What the test's own requests left there: the browser's tests leave a server, which may answer in its threads."""
    return [each for each in caplog.records if (each.name, each.thread) == (logger, threading.get_ident())]


def test_an_answer_carries_a_new_id(client):
    first, second = client.get("/healthz")[HEADER], client.get("/healthz")[HEADER]
    assert len(first) == len(second) == 32
    assert first != second


def test_a_visitor_cannot_choose_the_id(client):
    assert client.get("/healthz", headers={HEADER: "chosen-by-me"})[HEADER] != "chosen-by-me"


@pytest.mark.parametrize(
    ("given", "kept"), [("1f0c-abcdef", True), ("short", False), ("x" * 65, False), ("a b\nc" * 3, False)]
)
def test_the_id_of_a_trusted_proxy_is_kept_if_it_is_well_formed(settings, given, kept):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert (Client().get("/healthz", HTTP_X_REQUEST_ID=given)[HEADER] == given) is kept


def test_the_line_about_a_request_leaves_the_query_out(client, caplog):
    with caplog.at_level(logging.INFO, logger="requests"):
        client.get("/nothing-here/?token=secret")
    (record,) = said(caplog, "requests")
    assert (record.method, record.path, record.status) == ("GET", "/nothing-here/", 404)
    assert "secret" not in record.getMessage()


def test_health_checks_are_not_logged(client, caplog):
    with caplog.at_level(logging.INFO, logger="requests"):
        client.get("/healthz")
    assert said(caplog, "requests") == []


def in_production(record: logging.LogRecord) -> dict[str, object]:
    """The line that production would write about the record."""
    options = {key: value for key, value in project.LOGGING["formatters"]["json"].items() if key != "()"}
    formatter = JsonFormatter(options.pop("format"), **options)
    assert RequestIdFilter().filter(record)
    return json.loads(formatter.format(record))


def test_a_line_in_production_is_json_with_the_id():
    record = logging.LogRecord("labs", logging.INFO, __file__, 1, "Hej %s", ("Å",), None)
    token = current_id.set("abc-12345")
    line = in_production(record)
    current_id.reset(token)
    assert line.pop("time")
    assert line == {"level": "INFO", "logger": "labs", "request_id": "abc-12345", "message": "Hej Å"}


def test_the_line_about_our_own_mistake_has_the_id_and_not_the_query(client, caplog, monkeypatch):
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(readiness, "report", broken)
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR, logger="django.request"):
        answer = client.get("/readyz?token=secret")
    (record,) = said(caplog, "django.request")
    line = in_production(record)
    assert (answer.status_code, line["request_id"]) == (500, answer[HEADER])
    assert "ZeroDivisionError" in line["exc_info"]
    assert "secret" not in json.dumps(line)
