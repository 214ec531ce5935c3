"""A worker's signs of life, for /readyz. They come from its main loop, so that a full queue cannot delay them."""

from typing import Any

from celery import current_app
from celery.signals import heartbeat_sent, worker_ready

from website import readiness


@worker_ready.connect
@heartbeat_sent.connect
def give_a_sign_of_life(**kwargs: Any) -> None:
    """Called when the worker has begun to take tasks, and every few seconds from then on."""
    readiness.record_heartbeat(current_app.amqp.queues.consume_from)
