"""What the workers and the clock do for the newsletter. Tasks carry ids; running one twice does no harm."""

import datetime
import imaplib
import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from newsletter.inbound import fetch, kept
from newsletter.models import Bounce, DiaryEntry, Issue, Schedule
from newsletter.models.period import latest_first_of_month, latest_monday_morning
from newsletter.sending import Drain
from workflow import IllegalTransition

logger = logging.getLogger(__name__)

# An entry carries the time it was published at, but is seen only when that transaction is through. A digest that ends
# this much earlier can never step past one that is just coming in.
SETTLING = datetime.timedelta(minutes=1)

# A call that no worker has answered within so many seconds is no longer needed: the clock has called again.
CALL_LASTS = 90


@shared_task(name="newsletter.drain")
def drain(issue_id: int) -> None:
    """Send what is left of an issue, turn by turn: others get theirs in between, and a broker that is down stops no
    one who is at it."""
    while Drain(issue_id).run() and not enqueue_drain(issue_id):
        logger.info("Issue %s goes on without the task queue", issue_id)


def enqueue_drain(issue_id: int, workers: int = 1) -> bool:
    """Ask so many workers to go on, for a minute; returns whether the queue has taken it.

    A broker that is down costs a minute, not the request: `kick_unfinished` asks again.
    """
    try:
        for _ in range(workers):
            drain.apply_async((issue_id,), retry=False, expires=CALL_LASTS)
    except Exception:
        logger.warning("The task queue does not answer; issue %s waits for the clock", issue_id, exc_info=True)
        return False
    return True


@shared_task(name="newsletter.kick_unfinished")
def kick_unfinished() -> None:
    """Every minute: begin issues whose time has come, and go on with those that somebody stopped working on."""
    for issue in Issue.objects.due(timezone.now()):
        try:
            issue.send(by=None)
        except IllegalTransition as refusal:
            # Nobody is left to get it, or a coordinator was faster.
            issue.hold_back(because=str(refusal))
    for pk in Issue.objects.unfinished().values_list("pk", flat=True):
        enqueue_drain(pk)
    if Schedule.is_automatic(Issue.Kind.EACH):
        Issue.compose_and_follow_schedule(Issue.Kind.EACH, until=timezone.now() - SETTLING)


@shared_task(name="newsletter.compose_weekly_digest")
def compose_weekly_digest() -> None:
    """Monday morning: the digest of the week that went."""
    Issue.compose_and_follow_schedule(Issue.Kind.WEEKLY, until=latest_monday_morning(timezone.now()))


@shared_task(name="newsletter.compose_monthly_digest")
def compose_monthly_digest() -> None:
    """The first of the month: the digest of what the month before brought."""
    Issue.compose_and_follow_schedule(Issue.Kind.MONTHLY, until=latest_first_of_month(timezone.now()))


@shared_task(name="newsletter.publish_due_entries")
def publish_due_entries() -> None:
    """Every minute: publish the diary entries whose set time has come."""
    for entry in DiaryEntry.objects.due(timezone.now()):
        try:
            entry.publish(by=None)
        except IllegalTransition:
            logger.info("Entry %s was no longer waiting to be published", entry.pk)


@shared_task(name="newsletter.fetch_mail")
def fetch_mail() -> None:
    """Every minute: read what has come back to us, where there is a mailbox for it."""
    if settings.INBOX_URL:
        try:
            fetch(settings.INBOX_URL)
        except (OSError, imaplib.IMAP4.error) as error:
            logger.warning("The inbox of bounces cannot be read: %s", error)


@shared_task(name="newsletter.forget_bounces")
def forget_bounces() -> None:
    """Nightly: delete bounces, and mails nobody has looked at, after a year."""
    Bounce.objects.past_retention(timezone.now()).delete()
    kept.forget_old()
