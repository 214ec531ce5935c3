import datetime
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.models.address import without_addresses
from workflow import IllegalTransition, in_turn, locked

Reader = Any  # A Subscriber, which has the fields.

# Whoever writes down who gets a digest, or changes which digests somebody gets, does it in turn: nobody is written down
# for the old rhythm while they move to the new one. Taken after an issue's row and before any subscriber's, which come
# before any delivery's.
AUDIENCE = "newsletter.audience"


class NotWaitingForConfirmation(IllegalTransition):
    pass


class NotSubscribing(IllegalTransition):
    pass


class Subscribing(models.Model):
    """The way of a subscriber: in by confirming the address, then changing, pausing, leaving."""

    # Columns of the subscriber, which has the fields.
    confirmation_token: Any
    paused_until: Any
    news_from: Any
    confirmed_at: Any
    left_at: Any

    class Meta:
        abstract = True

    def confirm(self: Reader) -> None:
        """The owner of the address says yes. Raises NotWaitingForConfirmation unless asked, or asked too long ago.

        Somebody who had reported us as spam, and has asked for the newsletter since, is asked as well.
        """
        with locked(self):
            asked = self.state == self.State.PENDING or (
                self.state == self.State.COMPLAINED and self.confirmation_token is not None
            )
            if not asked or (self.confirmation_token is not None and not self.confirmation_is_open):
                raise NotWaitingForConfirmation(_("This address is not waiting to be confirmed."))
            now = timezone.now()
            self.state = self.State.ACTIVE
            self.confirmed_at = now
            self.confirmation_token = None
            self.news_from = None
            self.left_at, self.left_because = None, ""
            self.save()
            latest = self.consents.filter(confirmed_at__isnull=True).first()
            if latest:
                latest.confirmed_at = now
                latest.save(update_fields=["confirmed_at"])
            self.record("confirmed")

    def choose(self: Reader, *, frequency: str, language: str, labs: Iterable[Any], focus_areas: Iterable[Any]) -> None:
        """Change what is sent and how often. Raises NotSubscribing for someone who has left."""
        with in_turn(AUDIENCE), locked(self):
            if self.state not in {self.State.PENDING, self.State.ACTIVE}:
                raise NotSubscribing(_("This address no longer subscribes. Sign up again to choose what to read."))
            if frequency != self.frequency:
                self._remember_served()
            self.frequency = frequency
            self.language = language
            self.save(update_fields=["frequency", "language", "news_from"])
            self.labs.set(labs)
            self.focus_areas.set(focus_areas)
            self.record("changed", frequency=frequency, language=language)

    def pause(self: Reader, until: datetime.datetime) -> None:
        """No mail before the aware time `until`. Raises NotSubscribing unless active."""
        with in_turn(AUDIENCE), locked(self):
            self._check_active()
            self._remember_served()
            self.paused_until = until
            self.save(update_fields=["paused_until", "news_from"])
            self.record("paused", until=until)

    def resume(self: Reader) -> None:
        with locked(self):
            self._check_active()
            if self.paused_until is not None:
                self.paused_until = None
                self.save(update_fields=["paused_until"])
                self.record("resumed")

    def leave(self: Reader, reason: str = "", *, verb: str = "left") -> None:
        """Stop all mail. Leaving twice changes nothing: a mail program may post the same click again.

        `reason` is what the person wrote, `verb` the event that says which way they took: one of the `left…`.
        """
        with locked(self):
            if self.state in {self.State.PENDING, self.State.ACTIVE}:
                self._stop(self.State.UNSUBSCRIBED, reason)
                self.record(verb, because=reason)

    def bounce(self: Reader, reply: str = "") -> None:
        """The address does not take mail: stop sending to it. The mail server's words are kept without addresses."""
        with locked(self):
            if self.state in {self.State.PENDING, self.State.ACTIVE}:
                because = without_addresses(reply)
                self._stop(self.State.BOUNCED, because)
                self.record("bounced", because=because)

    def complain(self: Reader) -> None:
        """The owner reported us as spam: never send again, not even a confirmation."""
        with locked(self):
            if self.state != self.State.COMPLAINED and self.erased_at is None:
                self._stop(self.State.COMPLAINED, "")
                self.record("complained")

    def _remember_served(self: Reader) -> None:
        """Note how far the rhythm they have had took them, before they leave it, for another or for a pause.

        A note that is there already is newer than any digest they got, so it stays.
        """
        if self.state == self.State.ACTIVE and self.news_from is None:
            from newsletter.models.issue import Issue

            self.news_from = Issue.told_until(self.frequency)

    def _stop(self: Reader, state: str, because: str) -> None:
        self.state = state
        self.left_at = timezone.now()
        self.left_because = because[:200]
        self.confirmation_token = None
        self.paused_until = None
        self.save()

    def _check_active(self: Reader) -> None:
        if self.state != self.State.ACTIVE:
            raise NotSubscribing(_("This address does not subscribe at the moment."))
