import datetime
import logging
import uuid
from email.utils import parseaddr
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from mailing.failures import is_final
from mailing.message import Message

logger = logging.getLogger(__name__)

# A worker that dies in the middle of a letter leaves it claimed; after this long somebody else may try.
LEASE = datetime.timedelta(minutes=15)
# The task enqueued on commit has this long before the sweep takes the letter over.
HEAD_START = datetime.timedelta(minutes=1)
# Waiting time after the first, second, … failure. A letter that fails once more than this list is long has failed.
BACKOFF = [datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 480)]
RETENTION = datetime.timedelta(days=30)


def _after_head_start() -> datetime.datetime:
    return timezone.now() + HEAD_START


class LetterQuerySet(models.QuerySet["Letter"]):
    def queued(self) -> "LetterQuerySet":
        return self.filter(state=Letter.State.QUEUED)

    def due(self) -> "LetterQuerySet":
        return self.queued().filter(due_at__lte=timezone.now())

    def past_retention(self) -> "LetterQuerySet":
        return self.exclude(state=Letter.State.QUEUED).filter(created_at__lt=timezone.now() - RETENTION)

    def holding(self, *words: str) -> "LetterQuerySet":
        """Letters in whose text or HTML one of the words stands, whoever they went to."""
        found = (models.Q(**{f"{part}__contains": word}) for word in words for part in ("text", "html"))
        return self.filter(reduce(or_, found))

    def claim(self, pk: int) -> "Letter | None":
        """Take a fresh or due letter for delivery, or None if somebody else has it or had it.

        One UPDATE with its guard in the WHERE clause: of two that try at once, the database lets one through.
        """
        fresh_or_due = models.Q(attempts=0) | models.Q(due_at__lte=timezone.now())
        taken = self.queued().filter(fresh_or_due, pk=pk).update(**_claim_fields())
        return self.filter(pk=pk).first() if taken else None

    @transaction.atomic
    def claim_next(self) -> "Letter | None":
        """Take the letter that has been due for longest, stepping past those that others are taking right now."""
        letter = self.due().select_for_update(skip_locked=True).order_by("due_at", "pk").first()
        return self.claim(letter.pk) if letter else None


def _claim_fields() -> dict[str, object]:
    return {"attempts": models.F("attempts") + 1, "due_at": timezone.now() + LEASE}


class Letter(models.Model):
    """One e-mail to one person, kept with the change that caused it and sent after that change is safe.

    A letter is sent at least once: if a worker is killed between the server's yes and our note of it, it is sent again
    with the same Message-ID, so that mailboxes can tell. The newsletter needs stricter rules and has its own queue.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    state = models.CharField(max_length=6, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    due_at = models.DateTimeField(default=_after_head_start)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="letter_sent_has_its_time",
            ),
            models.CheckConstraint(condition=~models.Q(subject=""), name="letter_has_a_subject"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="queued"), name="letter_due"),
            models.Index(fields=["created_at"], name="letter_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"

    @property
    def message_id(self) -> str:
        """The same on every attempt, so that a mailbox that gets a letter twice can fold the two."""
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
        return f"<letter.{self.uid.hex}@{domain}>"

    def as_message(self) -> Message:
        headers = {
            "Message-ID": self.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": self.language,
            **self.headers,
        }
        message = Message(self.subject, self.text, to=[self.to], headers=headers)
        if self.html:
            message.attach_alternative(self.html, "text/html")
        return message

    def deliver(self) -> None:
        """Hand the claimed letter to the mail server once, and write down how it went.

        Never call it without a claim, nor in a transaction: others must see the claim before the server is asked.
        """
        try:
            self.as_message().send()
        except Exception as error:  # whatever stops a letter is written on it; none may stop the sweep
            self._note_failure(error)
        else:
            self._note(state=self.State.SENT, sent_at=timezone.now(), last_error="")

    def _note_failure(self, error: Exception) -> None:
        words = f"{type(error).__name__}: {error}"[:1000].replace("\x00", "")
        if is_final(error) or self.attempts > len(BACKOFF):
            self._note(state=self.State.FAILED, last_error=words)
            logger.error("Letter %s failed for good after %s attempts: %s", self.pk, self.attempts, words)
        else:
            self._note(due_at=timezone.now() + BACKOFF[self.attempts - 1], last_error=words)
            logger.warning("Letter %s was not sent, next try %s: %s", self.pk, self.due_at, words)

    def _note(self, **fields: Any) -> None:
        """Write down how it went, unless the letter has been deleted while it was on its way."""
        for name, value in fields.items():
            setattr(self, name, value)
        type(self).objects.filter(pk=self.pk).update(**fields)
