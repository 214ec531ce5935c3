import datetime
import logging
import os
import socket
import time
import uuid
from typing import cast

from django.core.mail import SafeMIMEText

from newsletter.models import Delivery, Issue, Variant
from newsletter.sending.carrier import BackendCarrier, SmtpCarrier, carrier
from newsletter.sending.freeze import IssueFreeze
from newsletter.sending.message import message_for
from newsletter.sending.outcome import Accepted, Deferred, Outcome, Refused, ServerDown, Uncertain, Unreachable
from newsletter.sending.rendering import Words

logger = logging.getLogger(__name__)

# After so long a worker lets others have a go and queues the rest anew: no task outlives the broker's patience.
TURN_SECONDS = 600
SERVER_DOWN_WAIT = datetime.timedelta(minutes=1)


class Drain:
    """Sends what is left of an issue. Any number of drains may run at once, and any may die: rows are the truth.

    Nothing is in a transaction while the mail server is spoken to.
    """

    def __init__(self, issue_id: int) -> None:
        self.issue_id = issue_id
        self.worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.words: dict[int, Words] = {}

    def run(self) -> bool:
        """Work until nothing is waiting, the server is down or the turn is over; True when there is more to do now."""
        issue = Issue.objects.filter(pk=self.issue_id).first()
        if issue is None:
            return False
        if issue.state == Issue.State.FREEZING:
            IssueFreeze(issue).run()
        Delivery.objects.release_expired(self.issue_id)
        more = self._send_all()
        issue.finish()
        return more

    def _send_all(self) -> bool:
        deadline = time.monotonic() + TURN_SECONDS
        with carrier() as mail:
            while batch := Delivery.objects.claim(self.issue_id, self.worker):
                try:
                    self._send_batch(mail, batch)
                except ServerDown as error:
                    self._note_trouble(str(error))
                    return False
                if time.monotonic() > deadline:
                    return True
        return False

    def _send_batch(self, mail: SmtpCarrier | BackendCarrier, batch: list[int]) -> None:
        left = list(batch)
        try:
            mail.open()
            self._note_trouble("")
            for delivery in Delivery.objects.filter(pk__in=batch).select_related("subscriber").order_by("pk"):
                self._send_one(mail, delivery)
                left.remove(delivery.pk)
        finally:
            # Whatever stopped us, what was never begun can go at once, by us or by another.
            if left:
                Delivery.objects.hand_back(left, self.worker, wait=SERVER_DOWN_WAIT)

    def _send_one(self, mail: SmtpCarrier | BackendCarrier, delivery: Delivery) -> None:
        try:
            message = message_for(
                delivery.subscriber, self._words_for(delivery.variant_id), message_id=delivery.message_id
            )
            content = cast(SafeMIMEText, message.message()).as_bytes(linesep="\r\n")
        except Exception as error:
            # Whatever is wrong with one recipient's mail, the others get theirs; and nothing has gone out.
            logger.exception("Delivery %s cannot be written", delivery.pk)
            Delivery.objects.unwritable(delivery.pk, self.worker, f"{type(error).__name__}: {error}")
            return
        mail.open()
        if Delivery.objects.begin_submitting(delivery.pk, self.worker):
            self._account(delivery, mail.carry(message, content))
        else:
            Delivery.objects.skip(delivery.pk, self.worker)

    def _account(self, delivery: Delivery, outcome: Outcome) -> None:
        rows = Delivery.objects
        match outcome:
            case Accepted():
                rows.accepted(delivery.pk, self.worker, outcome.reply)
            case Uncertain():
                rows.unsure(delivery.pk, self.worker, outcome.reply)
            case Deferred():
                rows.deferred(delivery.pk, self.worker, outcome.reply)
            case Refused():
                rows.failed(delivery.pk, self.worker, outcome.reply)
                if isinstance(outcome, Unreachable):
                    delivery.subscriber.bounce(outcome.reply)

    def _words_for(self, variant_id: int) -> Words:
        if variant_id not in self.words:
            variant = Variant.objects.get(pk=variant_id)
            self.words[variant_id] = Words(variant.language, variant.subject, variant.text, variant.html)
        return self.words[variant_id]

    def _note_trouble(self, words: str) -> None:
        """Show the coordinators what the mail server says, or that it has come round."""
        Issue.objects.filter(pk=self.issue_id).exclude(trouble=words).update(trouble=words)
