"""What the workers and the clock do for the newsletter. Tasks carry ids; running one twice does no harm."""

import datetime
import logging

from celery import shared_task
from django.utils import timezone

from newsletter.importing import go_on
from newsletter.models import AddressChange, DiaryEntry, ImportProblem, Issue, Schedule, Subscriber, SubscriberImport
from newsletter.models.period import latest_first_of_month, latest_monday_morning
from newsletter.sending import Drain
from workflow import IllegalTransition

logger = logging.getLogger(__name__)

# An entry carries the time it was published at, but is seen only when that transaction is through. A digest that ends
# this much earlier can never step past one that is just coming in.
SETTLING = datetime.timedelta(minutes=1)
# An address that nobody confirms is forgotten after so long.
UNCONFIRMED_KEPT = datetime.timedelta(days=30)


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


@shared_task(name="newsletter.run_import")
def run_import(import_id: int) -> None:
    """Check an uploaded list, or import it: whatever its state asks for."""
    upload = SubscriberImport.objects.filter(pk=import_id).first()
    if upload is not None and go_on(upload):
        enqueue_import(import_id)


def enqueue_import(import_id: int) -> None:
    """Ask a worker to go on. A broker that is down costs some minutes, not the request: the clock asks again."""
    try:
        run_import.apply_async((import_id,), retry=False)
    except Exception:
        logger.warning("The task queue does not answer; import %s waits for the clock", import_id, exc_info=True)


@shared_task(name="newsletter.kick_imports")
def kick_imports() -> None:
    """Every minute: go on with imports that somebody stopped working on."""
    for pk in SubscriberImport.objects.stalled().values_list("pk", flat=True):
        enqueue_import(pk)


@shared_task(name="newsletter.sweep_subscribers")
def sweep_subscribers() -> None:
    """Every night: forget what is kept for a time only – lists, changes of address, sign-ups nobody confirmed."""
    now = timezone.now()
    for upload in SubscriberImport.objects.overdue():
        upload.expire()
    ImportProblem.objects.filter(subscriber_import__in=SubscriberImport.objects.past_problems()).delete()
    for change in AddressChange.objects.overdue().select_related("subscriber"):
        change.subscriber.let_change_expire()
    for subscriber in Subscriber.objects.unconfirmed_since(now - UNCONFIRMED_KEPT).iterator():
        subscriber.expire_confirmation(now - UNCONFIRMED_KEPT)
