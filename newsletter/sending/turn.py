import datetime
import heapq
import logging
import time
from collections import Counter
from contextlib import ExitStack

from newsletter.models import Bounce, Delivery, Issue
from newsletter.models.handling import Begun, Claimed
from newsletter.sending.bulk import BulkMails
from newsletter.sending.carrier import connections_wanted, words_of
from newsletter.sending.lanes import Done, Down, Lanes, News, Ready
from newsletter.sending.ledger import DatabaseGone, Ledger
from newsletter.sending.outcome import (
    Accepted,
    LockedOut,
    NotForUs,
    Refused,
    TooFast,
    TooFastForDomain,
    Uncertain,
    Unreachable,
)
from newsletter.sending.pace import CONNECTION_LASTS, FLEET, Pace, PaceUnknown, limit_of
from newsletter.sending.parcel import Parcel

logger = logging.getLogger(__name__)

# After so many seconds a worker lets others have a go and queues the rest anew: a deployment need not wait long for it.
LASTS = 20.0
# A batch is at most so many rows, and no more than what goes out in so many seconds.
BATCH = 200
BATCH_SECONDS = 5.0
# How far ahead mails are planned, in seconds; a domain that has no room so soon is left out of the claims meanwhile.
AHEAD = 5.0
# The loop looks around at least so often, in seconds.
GLANCE = 0.25
REDIS_PAUSE = 1.0
# So many in a row have failed for good or are uncertain, and none was taken: it is hardly about these readers then. A
# person has a look before it has happened to everybody.
MOST_IN_VAIN = 20


class Turn:
    """A worker sends what waits of an issue, for a while. This thread alone speaks with the database, in batches; each
    connection to the mail server has a thread of its own."""

    def __init__(self, issue_id: int, worker: str) -> None:
        self.issue_id = issue_id
        self.worker = worker
        self.ledger = Ledger(issue_id, worker)
        self.lanes = Lanes()
        self.pace = Pace()
        self.mails = BulkMails()
        # When each held delivery may go, soonest first, by the monotonic clock: (seconds, id).
        self.planned: list[tuple[float, int]] = []
        self.resting: dict[str, float] = {}
        self.domains: dict[int, str] = {}
        self.began = time.monotonic()
        self.ends_at = self.began + LASTS
        self.claim_at = self.began
        self.connect_at = self.began
        self.answered = 0
        self.in_vain = 0
        self.let_in = False
        self.over = False
        self.more = True

    def run(self) -> bool:
        """True when there is more to do at once, after this turn."""
        with ExitStack() as whatever_happens:
            whatever_happens.callback(self.pace.disconnect, self._names())
            whatever_happens.callback(self.lanes.close)
            whatever_happens.callback(self.ledger.close)
            whatever_happens.callback(self._hear_out)
            while self._goes_on():
                self._connect()
                self._claim()
                self._send()
                self._hear()
        return self.more and not self.over

    def _goes_on(self) -> bool:
        # What has been granted goes out: the fleet's limit has been used up for it. More is not taken any more.
        end = self.ends_at + (AHEAD + 1 if self.planned else 0)
        if time.monotonic() > end and not self.lanes.connecting:
            return False
        return not self.over and bool(self.more or self.planned or self.ledger.begun)

    # --- Connections ----------------------------------------------------------------------------------------------

    def _names(self) -> list[str]:
        return [f"{self.worker}:{number}" for number in range(connections_wanted())]

    def _connect(self) -> None:
        """Take places among the fleet's connections and open them; later, keep the places."""
        now = time.monotonic()
        if now < self.connect_at:
            return
        first = self.connect_at == self.began
        try:
            admitted = self.pace.connect(self._names() if first else list(self.lanes.there))
        except PaceUnknown as error:
            self._wait_for_redis(error)
            return
        self.connect_at = now + CONNECTION_LASTS / 3
        if first:
            for name in sorted(admitted):
                self.lanes.start(name)
            # All places are taken: others are at work with as many connections as there may be.
            self.over = not admitted

    # --- Deliveries -----------------------------------------------------------------------------------------------

    def _claim(self) -> None:
        """Take more deliveries when a connection is about to run out of them, as many as the fleet's limit allows."""
        now = time.monotonic()
        if not (self.more and self.lanes.load) or len(self.planned) > self.lanes.room:
            return
        if not self.claim_at <= now <= self.ends_at:
            return
        try:
            granted = self.pace.draw({FLEET: self._batch(now)}, ahead=AHEAD)[FLEET]
            if not granted.number:
                self.claim_at = now + max(granted.wait - AHEAD, 0) + GLANCE
                return
            self.resting = {domain: until for domain, until in self.resting.items() if until > now}
            claimed = self.ledger.claim(granted.number, but=self.resting)
            self._plan(claimed, granted.delays())
        except PaceUnknown as error:
            self._wait_for_redis(error)
            return
        if not claimed:
            # Nothing waits, or only for domains that have had their share.
            self.more = bool(self.resting)
            self.claim_at = min(self.resting.values(), default=now)

    def _plan(self, claimed: list[Claimed], delays: list[float]) -> None:
        """Say when each may go, so that no domain gets more than its share."""
        now = time.monotonic()
        for row in claimed:
            self.domains[row.id] = row.domain
        grants = self.pace.draw(Counter(row.domain for row in claimed), ahead=AHEAD)
        left = {domain: iter(grant.delays()) for domain, grant in grants.items()}
        too_early = []
        for row, delay in zip(claimed, delays, strict=False):
            share = next(left[row.domain], None)
            if share is None:
                too_early.append(row.id)
                self.resting[row.domain] = now + AHEAD
            else:
                heapq.heappush(self.planned, (now + max(delay, share), row.id))
        # They are due again a little before their domain is asked for again.
        self.ledger.let_go(too_early, wait=datetime.timedelta(seconds=AHEAD - 2 * GLANCE))

    def _batch(self, now: float) -> int:
        speed = self.answered / max(now - self.began, 0.1) if self.answered else BATCH / BATCH_SECONDS
        return min(BATCH, max(int(speed * BATCH_SECONDS), 2 * len(self.lanes.there), 1))

    def _send(self) -> None:
        """Begin what is due, as far as there is room."""
        if not self.lanes.hungry:
            return
        now = time.monotonic()
        due: list[int] = []
        while self.planned and self.planned[0][0] <= now and len(due) < self.lanes.room:
            due.append(heapq.heappop(self.planned)[1])
        for row in self.ledger.begin(due):
            self._hand_over(row)

    def _hand_over(self, row: Begun) -> None:
        try:
            mail = self.ledger.safely(lambda: self.mails.of(row.variant_id))
        except Exception as error:
            logger.exception("Delivery %s cannot be written", row.id)
            self.ledger.hear(row.id, Refused(words_of(error)))
        else:
            self.lanes.send(Parcel(row, mail, self.issue_id))

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

    def _hear_out(self) -> None:
        """Wait until the mail server has answered to all that it was offered."""
        while self.lanes.busy:
            self._hear()

    def _patience(self) -> float:
        """How long there is nothing to do but wait for the mail server, in seconds."""
        if self.lanes.hungry and self.planned:
            return min(self.planned[0][0] - time.monotonic(), GLANCE)
        return GLANCE

    def _take(self, news: News) -> None:
        if isinstance(news, Done):
            self._account(news)
        elif isinstance(news, Ready):
            if not self.let_in:
                # A server may take long to let us in; the time it takes is not the turn's.
                self.let_in = True
                self.ends_at = time.monotonic() + LASTS
            self._note_trouble("")
        elif isinstance(news, Down):
            self.ledger.take_back([parcel.begun.id for parcel in news.parcels])
            if isinstance(news.error, LockedOut):
                self._halt(str(news.error))
            elif not self.lanes.there:
                self._note_trouble(str(news.error))
                self.over = True

    def _account(self, news: Done) -> None:
        row, outcome = news.parcel.begun, news.outcome
        self.answered += 1
        if outcome.verdict in {Refused.verdict, Uncertain.verdict}:
            self.in_vain += 1
        elif isinstance(outcome, Accepted):
            self.in_vain = 0
        domain = self.domains.pop(row.id, "")
        if isinstance(outcome, Unreachable):
            self._note_bounce(row, outcome.reply)
        elif isinstance(outcome, NotForUs):
            self._halt(outcome.reply)
        elif isinstance(outcome, TooFast):
            self._slow_down(domain if isinstance(outcome, TooFastForDomain) else FLEET)
        if self.in_vain == MOST_IN_VAIN:
            self._halt(outcome.reply)

    def _note_bounce(self, row: Begun, reply: str) -> None:
        try:
            self.ledger.safely(lambda: bounced(row, reply))
        except DatabaseGone:
            raise
        except Exception:
            # Others get their mail all the same.
            logger.exception("That delivery %s bounced could not be noted", row.id)

    def _slow_down(self, scope: str) -> None:
        try:
            # What a worker has managed says something once it has had the time to manage it.
            seen = self.answered / (time.monotonic() - self.began) if self.answered >= BATCH else limit_of(scope)
            self.pace.slow_down(scope, seen=seen)
        except PaceUnknown as error:
            self._wait_for_redis(error)

    def _wait_for_redis(self, error: PaceUnknown) -> None:
        """Without the counters of the fleet nobody may send: others are counting on us as we on them."""
        logger.warning("Redis does not answer; issue %s waits: %s", self.issue_id, error)
        self.claim_at = time.monotonic() + REDIS_PAUSE
        time.sleep(GLANCE)

    def _halt(self, words: str) -> None:
        """Pause the issue until a person has mended what the server says."""
        self.over = True
        self.ledger.safely(lambda: Issue.objects.get(pk=self.issue_id).halt(words))

    def _note_trouble(self, words: str) -> None:
        """Show the coordinators what the mail server says, or that it has come round."""
        issue = Issue.objects.filter(pk=self.issue_id, state=Issue.State.SENDING)
        if words != getattr(self, "_trouble", None):
            self._trouble = words
            self.ledger.safely(lambda: issue.exclude(trouble=words).update(trouble=words))


def bounced(row: Begun, reply: str) -> None:
    """The mail server says that there is no such mailbox: nothing more is sent there."""
    delivery = Delivery.objects.select_related("subscriber").get(pk=row.id)
    Bounce.receive(
        delivery.subscriber, kind="hard", source="smtp", event_key=str(row.id), delivery=delivery, diagnostic=reply
    )
