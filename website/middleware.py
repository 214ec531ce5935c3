import logging
from collections.abc import Callable

import redis
from django.http import HttpRequest, HttpResponse

from website.views.errors import unavailable

logger = logging.getLogger(__name__)


class CounterMiddleware:
    """Answers 503 where tries have to be counted and Redis, which counts them, is down: signing in, above all.

    Not counting would leave the door open to guessing. Pages that need no Redis go on as usual.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, redis.ConnectionError | redis.TimeoutError):
            return None
        logger.error("Redis does not answer; %s %s was refused", request.method, request.path, exc_info=exception)
        return unavailable(request)
