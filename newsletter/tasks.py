"""What the workers and the clock do for the newsletter. Tasks carry ids; running one twice does no harm."""

import datetime
import imaplib
import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from newsletter import calls
from newsletter.importing import go_on
from newsletter.inbound import fetch, kept
from newsletter.models import (
    AddressChange,
    Bounce,
    Delivery,
    DiaryEntry,
    ImportProblem,
    Issue,
    Subscriber,
    SubscriberImport,
)
from newsletter.models.clockwork import unhindered
from newsletter.sending import Drain
from workflow import IllegalTransition

logger = logging.getLogger(__name__)

# An address that nobody confirms is forgotten after so long.
UNCONFIRMED_KEPT = datetime.timedelta(days=30)


@shared_task(name="newsletter.drain")
def drain(issue_id: int, until: float | None = None) -> None:
    """Send what is left of an issue, turn by turn: others get theirs in between, and a broker that is down stops no
    one who is at it. A call that has been waiting longer than `until` is not answered."""
    if calls.is_over(until):
        return
    calls.note(issue_id)
    while Drain(issue_id).run():
        if enqueue_drain(issue_id, patient=False):
            return
        logger.info("Issue %s goes on without the task queue", issue_id)
        calls.note(issue_id)
    calls.forget(issue_id)


def enqueue_drain(issue_id: int, workers: int = 1, *, patient: bool = True) -> bool:
    """Ask so many workers to go on; returns whether the queue has taken it.

    One call waits until somebody comes if `patient`. All others are over after a while, so that they neither pile up
    nor stand in the way of the next issue: `kick_unfinished` calls again where nobody is.

    A broker that is down costs a minute, not the request.
    """
    try:
        until = calls.end_of_a_call()
        calls.note(issue_id)
        for end in [None if patient else until, *[until] * (workers - 1)]:
            drain.apply_async((issue_id, end), retry=False)
    except Exception:
        logger.warning("The task queue does not answer; issue %s waits for the clock", issue_id, exc_info=True)
        return False
    return True


@shared_task(name="newsletter.kick_unfinished")
def kick_unfinished() -> None:
    """Every minute: see to what is due, and go on with issues that somebody stopped working on.

    Whatever one step or one issue meets with, the others have their turn.
    """
    now = timezone.now()
    with unhindered("order what is due"):
        Issue.send_due(now)
    with unhindered("release what dead workers held"):
        released = Issue.objects.filter(pk__in=Delivery.objects.release_expired())
        for issue in released | Issue.objects.closed_too_early():
            with unhindered(f"close the books of issue {issue.pk}"):
                issue.finish()
    with unhindered("call workers"):
        with_helpers = calls.nobody_is_waited_for()
        for issue in Issue.objects.unfinished():
            with unhindered(f"call workers to issue {issue.pk}"):
                issue.keep_going(with_helpers=with_helpers)
    with unhindered("compose what is due"):
        Issue.compose_due(now)


@shared_task(name="newsletter.publish_due_entries")
def publish_due_entries() -> None:
    """Every minute: publish the diary entries whose set time has come."""
    for entry in DiaryEntry.objects.due(timezone.now()):
        with unhindered(f"publish entry {entry.pk}"):
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
