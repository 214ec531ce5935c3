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


@dataclass
class SignUp:
    """Somebody typed an address into the form. What happens depends on the address; what they are told does not.

    Unknown, or gone: it waits for its owner to confirm. Waiting: the choices are taken over and the letter is sent
    once more. Active: nothing changes, and the owner is told so, with a way to the choices. Complained: silence.
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
        if subscriber.state == Subscriber.State.COMPLAINED:
            return subscriber
        if subscriber.state == Subscriber.State.ACTIVE:
            if self._may_write_to(subscriber):
                mails.already_subscribing(subscriber)
            return subscriber
        self._wait_for_confirmation(subscriber)
        if self._may_write_to(subscriber):
            mails.confirmation(subscriber)
        return subscriber

    def _wait_for_confirmation(self, subscriber: Subscriber) -> None:
        subscriber.state = Subscriber.State.PENDING
        subscriber.frequency = self.frequency
        subscriber.language = self.language
        subscriber.confirmation_token = subscriber.confirmation_token or new_token()
        subscriber.save()
        subscriber.labs.set(self.labs)
        subscriber.focus_areas.set(self.focus_areas)
        subscriber.consents.create(text=self.consent_text, form=self.form, language=self.language)
        subscriber.record("signed_up", form=self.form)

    @staticmethod
    def _may_write_to(subscriber: Subscriber) -> bool:
        """Whether one more letter may go to the address; counts it when it may."""
        now = timezone.now()
        if subscriber.last_letter_at is None or subscriber.last_letter_at < now - COUNTED_OVER:
            subscriber.letters_sent = 0
        elif subscriber.last_letter_at > now - BETWEEN_LETTERS or subscriber.letters_sent >= MOST_LETTERS:
            return False
        subscriber.letters_sent += 1
        subscriber.last_letter_at = now
        subscriber.save(update_fields=["letters_sent", "last_letter_at"])
        return True
