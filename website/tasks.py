from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from website import readiness


@shared_task(name="website.heartbeat")
def heartbeat() -> None:
    """Proves that beat, broker and worker work together: /readyz looks at how long ago this ran."""
    readiness.record_heartbeat()


@worker_ready.connect
def beat_at_once(**kwargs: Any) -> None:
    """A worker that has just started does not wait for beat to show that it works."""
    heartbeat.delay()
