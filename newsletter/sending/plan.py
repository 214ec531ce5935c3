import datetime
import heapq
import time
from collections import Counter

from newsletter.models.handling import Claimed
from newsletter.sending.ledger import Ledger
from newsletter.sending.pace import FLEET, Pace

# A batch is at most so many rows, and no more than what goes out in so many seconds.
BATCH = 200
BATCH_SECONDS = 5.0
# How far ahead mails are planned, in seconds; a domain that has no room so soon is left out of the claims meanwhile.
AHEAD = 5.0
# A loop that waits for something looks around at least so often, in seconds.
GLANCE = 0.25


class Plan:
    """The deliveries a worker holds and has not begun, and when each may go by the limits of fleet and domain."""

    def __init__(self, ledger: Ledger, pace: Pace) -> None:
        self.ledger = ledger
        self.pace = pace
        # Soonest first, by the monotonic clock: (seconds, id).
        self.planned: list[tuple[float, int]] = []
        # Domains that have had their share, and until when.
        self.resting: dict[str, float] = {}
        self.claim_at = time.monotonic()
        # Whether anything may still wait in the database.
        self.more = True

    def __len__(self) -> int:
        return len(self.planned)

    @property
    def next_at(self) -> float:
        """When the soonest may go. There must be one."""
        return self.planned[0][0]

    def claim(self, size: int) -> None:
        """Take at most `size` more deliveries, as the fleet's limit allows. Raises PaceUnknown, DatabaseGone."""
        now = time.monotonic()
        granted = self.pace.draw({FLEET: min(size, BATCH)}, ahead=AHEAD)[FLEET]
        if not granted.number:
            self.claim_at = now + max(granted.wait - AHEAD, 0) + GLANCE
            return
        self.resting = {domain: until for domain, until in self.resting.items() if until > now}
        claimed = self.ledger.claim(granted.number, but=self.resting)
        self._arrange(claimed, granted.delays())
        if not claimed:
            # Nothing waits, or only for domains that have had their share.
            self.more = bool(self.resting)
            self.claim_at = min(self.resting.values(), default=now)

    def due(self, most: int) -> list[int]:
        """At most so many of those that may go now, no longer planned."""
        now = time.monotonic()
        due: list[int] = []
        while self.planned and self.next_at <= now and len(due) < most:
            due.append(heapq.heappop(self.planned)[1])
        return due

    def drop(self) -> None:
        """Plan nothing any more; what is held is given back with the books."""
        self.planned.clear()

    def _arrange(self, claimed: list[Claimed], delays: list[float]) -> None:
        """Say when each may go, so that no domain gets more than its share."""
        grants = self.pace.draw(Counter(row.domain for row in claimed), ahead=AHEAD)
        # Taken once the answer is here: a worker held up on the way to it must not think that it may go sooner.
        now = time.monotonic()
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
