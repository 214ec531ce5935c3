"""What the workers and the clock do for the newsletter. Tasks carry ids; running one twice does no harm."""

import logging

from celery import shared_task
from django.utils import timezone

from newsletter.models import DiaryEntry, Issue
from newsletter.sending import Drain
from workflow import IllegalTransition

logger = logging.getLogger(__name__)


@shared_task(name="newsletter.drain")
def drain(issue_id: int) -> None:
    """Send what is left of an issue."""
    if Drain(issue_id).run():
        enqueue_drain(issue_id)


def enqueue_drain(issue_id: int) -> None:
    """Ask a worker to go on. A broker that is down costs a minute, not the request: `kick_unfinished` asks again."""
    try:
        drain.apply_async((issue_id,), retry=False)
    except Exception:
        logger.warning("The task queue does not answer; issue %s waits for the clock", issue_id, exc_info=True)


@shared_task(name="newsletter.kick_unfinished")
def kick_unfinished() -> None:
    """Every minute: see to what is due, and go on with issues that somebody stopped working on."""
    now = timezone.now()
    Issue.send_due(now)
    for pk in Issue.objects.unfinished().values_list("pk", flat=True):
        enqueue_drain(pk)
    Issue.compose_due(now)


@shared_task(name="newsletter.compose_weekly_digest")
def compose_weekly_digest() -> None:
    """Monday morning. The minute's beat does the same a minute later, should this one be missed."""
    Issue.compose_due(timezone.now())


@shared_task(name="newsletter.compose_monthly_digest")
def compose_monthly_digest() -> None:
    """The first of the month; see `compose_weekly_digest`."""
    Issue.compose_due(timezone.now())


@shared_task(name="newsletter.publish_due_entries")
def publish_due_entries() -> None:
    """Every minute: publish the diary entries whose set time has come."""
    for entry in DiaryEntry.objects.due(timezone.now()):
        try:
            entry.publish(by=None)
        except IllegalTransition:
            logger.info("Entry %s was no longer waiting to be published", entry.pk)
