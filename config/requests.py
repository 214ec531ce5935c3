"""One id per request, in every log line it causes (its Celery tasks' too) and in the answer's X-Request-ID."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun
from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
# Asked every few seconds by machines; a line for each would bury the rest.
UNLOGGED = {"/healthz", "/readyz"}

current_id: ContextVar[str] = ContextVar("request_id", default="-")
logger = logging.getLogger("requests")


class RequestIdMiddleware:
    """Gives the request its id and logs one line when it is answered. Stands first, so that the line covers all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = _id_of(request)  # type: ignore[attr-defined]
        token = current_id.set(request.id)  # type: ignore[attr-defined]
        started = time.monotonic()
        try:
            response = self.get_response(request)
            response[HEADER] = current_id.get()
            if request.path not in UNLOGGED and not request.path.startswith(settings.STATIC_URL):
                _log(request, response, milliseconds=round((time.monotonic() - started) * 1000))
            return response
        finally:
            current_id.reset(token)


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to each record, and drops those that only say that /readyz said no."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        # Django's line about a failed request comes after the middlewares are done with it.
        record.request_id = getattr(request, "id", None) or current_id.get()
        return not (getattr(record, "status_code", None) == 503 and getattr(request, "path", None) in UNLOGGED)


def _id_of(request: HttpRequest) -> str:
    """The proxy's id for the request where we trust a proxy, else a new one."""
    given = request.headers.get(HEADER, "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex


def _log(request: HttpRequest, response: HttpResponse, *, milliseconds: int) -> None:
    # The query string stays out: it may hold what somebody searched for, or a signed link's token.
    logger.info(
        "%s %s %s in %s ms",
        request.method,
        request.path,
        response.status_code,
        milliseconds,
        extra={
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "milliseconds": milliseconds,
        },
    )


@before_task_publish.connect
def _send_id_along(headers: dict[str, Any] | None = None, **kwargs: object) -> None:
    if headers is not None and current_id.get() != "-":
        headers["request_id"] = current_id.get()


@task_prerun.connect
def _take_id_over(task_id: str = "", task: Any = None, **kwargs: object) -> None:
    current_id.set(getattr(task.request, "request_id", None) or task_id)


@task_postrun.connect
def _let_id_go(**kwargs: object) -> None:
    current_id.set("-")
