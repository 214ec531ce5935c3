import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from newsletter import mails
from newsletter.models import Subscriber
from newsletter.models.subscriber import new_token

# One address gets at most so many confirmations and reminders, and never two close together: nobody can use the form
# to fill somebody else's inbox.
BETWEEN_LETTERS = datetime.timedelta(minutes=10)
MOST_LETTERS = 5
COUNTED_OVER = datetime.timedelta(days=7)


# Somebody who reported us as spam and signs up again is asked whether it was they, so long after the
# complaint or the last such letter at the earliest.
BETWEEN_LETTERS_AFTER_COMPLAINT = datetime.timedelta(days=30)


@dataclass
class SignUp:
    """Somebody typed an address into the form. What happens depends on the address; what they are told does not.

    Unknown, or gone: it waits for its owner to confirm. Waiting: the choices are taken over and the letter is sent
    once more. Active: nothing changes, and the owner is told so, with a way to the choices. Complained: it stays so
    until the owner presses the button in a letter that goes there once a month at most.
    """

    email: str
    frequency: str
    language: str
    consent_text: str
    form: str
    labs: Iterable[Any] = field(default_factory=list)
    focus_areas: Iterable[Any] = field(default_factory=list)

    def submit(self) -> Subscriber:
        try:
            with transaction.atomic():
                return self._submit()
        except IntegrityError:
            # The same new address came in twice at once; by now the other one is there to be found.
            with transaction.atomic():
                return self._submit()

    def _submit(self) -> Subscriber:
        subscriber = Subscriber.objects.select_for_update().with_address(self.email).first()
        if subscriber is None:
            subscriber = Subscriber.objects.create(email=self.email)
        if not subscriber.is_active:
            self._wait_for_confirmation(subscriber)
        write_to(subscriber)
        return subscriber

    def _wait_for_confirmation(self, subscriber: Subscriber) -> None:
        if subscriber.state != Subscriber.State.COMPLAINED:
            subscriber.state = Subscriber.State.PENDING
        subscriber.frequency = self.frequency
        subscriber.language = self.language
        if not subscriber.confirmation_is_open:
            subscriber.confirmation_token = new_token()
        subscriber.save()
        subscriber.labs.set(self.labs)
        subscriber.focus_areas.set(self.focus_areas)
        subscriber.consents.create(text=self.consent_text, form=self.form, language=self.language)
        subscriber.record("signed_up", form=self.form)


def send_again(email: str) -> None:
    """Somebody who has just signed up asks for the letter once more. Whether there is one to send is not told."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().with_address(email).first()
        if subscriber is not None and (subscriber.is_active or subscriber.confirmation_token is not None):
            if not subscriber.is_active and not subscriber.confirmation_is_open:
                # The link in the earlier letters is too old and stays so.
                subscriber.confirmation_token = new_token()
                subscriber.save(update_fields=["confirmation_token"])
            write_to(subscriber)


def write_to(subscriber: Subscriber) -> None:
    """Write the letter that fits, if one more may go to the address.

    It is rendered either way and thrown away again, so that nobody can tell from how long it took which it was. The
    caller holds the row.
    """
    letter = mails.already_subscribing if subscriber.is_active else mails.confirmation
    with transaction.atomic():
        letter(subscriber)
        if not _may_write_to(subscriber):
            transaction.set_rollback(True)


def _may_write_to(subscriber: Subscriber) -> bool:
    """Whether one more letter may go to the address; counts it when it may."""
    now, latest, between = timezone.now(), subscriber.last_letter_at, BETWEEN_LETTERS
    if subscriber.state == Subscriber.State.COMPLAINED:
        latest, between = max(filter(None, [latest, subscriber.left_at])), BETWEEN_LETTERS_AFTER_COMPLAINT
    if latest is not None and latest > now - between:
        return False
    if latest is None or latest < now - COUNTED_OVER:
        subscriber.letters_sent = 0
    if subscriber.letters_sent >= MOST_LETTERS:
        return False
    subscriber.letters_sent += 1
    subscriber.last_letter_at = now
    subscriber.save(update_fields=["letters_sent", "last_letter_at"])
    return True
