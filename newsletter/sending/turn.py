import logging
import time
from contextlib import ExitStack

from django.conf import settings

from newsletter.models.handling import Begun
from newsletter.sending.answers import Answers
from newsletter.sending.bulk import BulkMail, BulkMails
from newsletter.sending.judging import words_of
from newsletter.sending.lanes import Done, Down, Lanes, News, Ready
from newsletter.sending.ledger import DatabaseGone, Ledger
from newsletter.sending.outcome import LockedOut, Outcome, Refused
from newsletter.sending.pace import CONNECTION_LASTS, Pace, PaceUnknown
from newsletter.sending.parcel import Parcel
from newsletter.sending.plan import AHEAD, BATCH, BATCH_SECONDS, GLANCE, Plan

logger = logging.getLogger(__name__)

# After so many seconds a worker lets others have a go and queues the rest anew: a deployment need not wait long for it.
LASTS = 20.0
REDIS_PAUSE = 1.0


class Turn:
    """A worker sends what waits of an issue, for a while. This thread alone speaks with the database, in batches; each
    connection to the mail server has a thread of its own."""

    def __init__(self, issue_id: int, worker: str) -> None:
        self.issue_id = issue_id
        self.worker = worker
        self.ledger = Ledger(issue_id, worker)
        self.lanes = Lanes()
        self.pace = Pace()
        self.plan = Plan(self.ledger, self.pace)
        self.answers = Answers(issue_id, self.ledger, self.pace)
        self.mails = BulkMails()
        self.began = time.monotonic()
        self.ends_at = self.began + LASTS
        self.renew_at = 0.0
        self.let_in = False
        # No connection can be had, or none may.
        self.shut_out = False

    def run(self) -> bool:
        """True when there is more to do at once, after this turn."""
        with ExitStack() as whatever_happens:
            whatever_happens.callback(self.pace.disconnect, self._names())
            whatever_happens.callback(self.lanes.close)
            whatever_happens.callback(self.ledger.close)
            whatever_happens.callback(self._hear_out)
            while not self._connect():
                if time.monotonic() > self.ends_at:
                    return True
            while self._goes_on():
                self._claim()
                self._send()
                self._hear()
        return self.plan.more and not self._is_over

    @property
    def _is_over(self) -> bool:
        return self.shut_out or self.answers.halted

    def _goes_on(self) -> bool:
        # What has been granted goes out: the fleet's limit has been used up for it. More is not taken any more.
        end = self.ends_at + (AHEAD + 1 if self.plan else 0)
        if time.monotonic() > end and not self.lanes.connecting:
            return False
        return not self._is_over and bool(self.plan.more or self.plan or self.ledger.begun)

    # --- Connections ----------------------------------------------------------------------------------------------

    def _names(self) -> list[str]:
        return [f"{self.worker}:{number}" for number in range(settings.NEWSLETTER_CONNECTIONS)]

    def _connect(self) -> bool:
        """Take places among the fleet's connections and open them; False when nobody knows how many there are."""
        try:
            admitted = self.pace.connect(self._names())
        except PaceUnknown as error:
            self._wait_for_redis(error)
            return False
        self.renew_at = time.monotonic() + CONNECTION_LASTS / 3
        for name in sorted(admitted):
            self.lanes.start(name)
        # All places are taken: others are at work with as many connections as there may be.
        self.shut_out = not admitted
        return True

    def _keep_places(self) -> None:
        """Renew the places of our connections; one that was lost meanwhile is another worker's by now."""
        now = time.monotonic()
        if now < self.renew_at:
            return
        self.renew_at = now + REDIS_PAUSE
        try:
            kept = self.pace.connect(list(self.lanes.there))
        except PaceUnknown as error:
            self._wait_for_redis(error)
            return
        self.renew_at = now + CONNECTION_LASTS / 3
        self.lanes.dismiss(set(self.lanes.there) - kept)
        self.shut_out = not self.lanes.there

    # --- Deliveries -----------------------------------------------------------------------------------------------

    def _claim(self) -> None:
        """Take more deliveries when a connection is about to run out of them."""
        if not (self.plan.more and self.lanes.load) or len(self.plan) > self.lanes.room:
            return
        if self.plan.claim_at <= time.monotonic() <= self.ends_at:
            try:
                self.plan.claim(self._batch())
            except PaceUnknown as error:
                self._wait_for_redis(error)

    def _batch(self) -> int:
        """As many as go out in `BATCH_SECONDS` at the speed this turn has had."""
        seconds = max(time.monotonic() - self.began, 0.1)
        speed = self.answers.number / seconds if self.answers.number else BATCH / BATCH_SECONDS
        return max(int(speed * BATCH_SECONDS), 2 * len(self.lanes.there), 1)

    def _send(self) -> None:
        """Begin what is due, as far as there is room."""
        if not self.lanes.hungry:
            return
        due = self.plan.due(self.lanes.room)
        for variant_id in {self.ledger.held[pk].variant_id for pk in due if pk in self.ledger.held}:
            # Whatever the database has to tell, it tells before anything is begun.
            self._mail_of(variant_id)
        for row in self.ledger.begin(due):
            mail = self._mail_of(row.variant_id)
            if isinstance(mail, Refused):
                self.ledger.hear(row.id, mail)
                self._account(row, mail)
            else:
                self.lanes.send(Parcel(row, mail, self.issue_id))

    def _mail_of(self, variant_id: int) -> BulkMail | Refused:
        """The mail, or why it cannot be put together: others get theirs all the same."""
        try:
            return self.ledger.safely(lambda: self.mails.of(variant_id))
        except DatabaseGone:
            raise
        except Exception as error:
            logger.exception("Variant %s cannot be written", variant_id)
            return Refused(words_of(error))

    # --- Answers --------------------------------------------------------------------------------------------------

    def _hear(self) -> None:
        told = self.lanes.hear(self._patience())
        # Into the books first of all: whatever goes wrong with one of them, all of these have been answered.
        for news in told:
            if isinstance(news, Done):
                self.ledger.hear(news.parcel.begun.id, news.outcome)
        for news in told:
            self._take(news)
        self.ledger.take_back([parcel.begun.id for parcel in self.lanes.recall()])
        self.ledger.tend()
        self._keep_places()

    def _hear_out(self) -> None:
        """Wait until the mail server has answered to all that it was offered; nothing more is."""
        self.plan.drop()
        while self.lanes.busy:
            self._hear()

    def _patience(self) -> float:
        """How long there is nothing to do but wait for the mail server, in seconds."""
        if self.lanes.hungry and self.plan:
            return min(self.plan.next_at - time.monotonic(), GLANCE)
        return GLANCE

    def _take(self, news: News) -> None:
        if isinstance(news, Done):
            self._account(news.parcel.begun, news.outcome)
        elif isinstance(news, Ready):
            if not self.let_in:
                # A server may take long to let us in; the time it takes is not the turn's.
                self.let_in = True
                self.ends_at = time.monotonic() + LASTS
        elif isinstance(news, Down):
            self.ledger.take_back([parcel.begun.id for parcel in news.parcels])
            if isinstance(news.error, LockedOut):
                self.answers.halt(str(news.error))
            elif not self.lanes.there:
                self.answers.note_trouble(str(news.error))
                self.shut_out = True

    def _account(self, row: Begun, outcome: Outcome) -> None:
        try:
            self.answers.take(row, outcome)
        except PaceUnknown as error:
            self._wait_for_redis(error)

    def _wait_for_redis(self, error: PaceUnknown) -> None:
        """Without the counters of the fleet nobody may send: others are counting on us as we on them."""
        logger.warning("Redis does not answer; issue %s waits: %s", self.issue_id, error)
        self.plan.claim_at = time.monotonic() + REDIS_PAUSE
        time.sleep(GLANCE)
