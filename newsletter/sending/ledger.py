"""One worker's side of the books: what it has claimed, begun and heard, kept true whatever dies."""

import datetime
import logging
import time
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

from newsletter.models import Delivery
from newsletter.models.handling import Begun, Claimed, Verdict, lease, wait_for_the_disk
from newsletter.sending.outcome import Outcome

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Answers are written down with the next mails that are begun, or when the first of them is so old, in seconds.
FLUSH_AFTER = 0.1
# How long a worker waits for a database that is gone, in seconds, before it leaves its rows to their lease.
PATIENCE = 900.0


class DatabaseGone(Exception):
    """The database has not come back for so long that the worker gives up; its rows wait for their lease to run out."""


class Ledger:
    """Everything a worker knows and must not lose while the database is away.

    `held` is claimed and not begun, `begun` is in the hands of a connection, `heard` is answered and not written down.
    """

    def __init__(self, issue_id: int, worker: str) -> None:
        self.issue_id = issue_id
        self.worker = worker
        self.held: dict[int, Claimed] = {}
        self.begun: set[int] = set()
        self.heard: list[Verdict] = []
        self.database = connections[DEFAULT_DB_ALIAS]
        self.patience = PATIENCE
        self.flush_by = 0.0
        self.renew_by = 0.0
        self.safely(wait_for_the_disk)

    # --- Steps ----------------------------------------------------------------------------------------------------

    def claim(self, size: int, *, but: Collection[str] = ()) -> list[Claimed]:
        """Take more deliveries."""
        claimed = self.safely(lambda: Delivery.objects.claim(self.issue_id, self.worker, size, but=but))
        self.held.update((row.id, row) for row in claimed)
        return claimed

    def begin(self, ids: Sequence[int]) -> list[Begun]:
        """Mark held deliveries as begun; what may not be begun is let go. Answers that were heard are written down in
        the same go, so that a worker that dies leaves no more uncertain than what its connections were at."""
        if not ids:
            return []
        begun = self.safely(lambda: self._write_and_begin(ids))
        refused = set(ids) - {row.id for row in begun}
        for row in begun:
            self.begun.add(row.id)
        for pk in ids:
            self.held.pop(pk, None)
        if refused:
            self.safely(lambda: Delivery.objects.let_go(refused, self.worker))
        return begun

    def _write_and_begin(self, ids: Sequence[int]) -> list[Begun]:
        # While this is on its way nobody knows whether it has arrived; that nothing was handed over is certain.
        held = [pk for pk in ids if pk in self.held]
        begun = Delivery.objects.begin(held, self.worker, self.heard)
        self.heard = []
        return begun

    def hear(self, pk: int, outcome: Outcome) -> None:
        """Take down the server's answer; it is written at the latest after `FLUSH_AFTER` seconds."""
        self.begun.discard(pk)
        if not self.heard:
            self.flush_by = time.monotonic() + FLUSH_AFTER
        self.heard.append((pk, outcome.verdict, outcome.reply))

    def let_go(self, ids: Collection[int], *, wait: datetime.timedelta = datetime.timedelta(0)) -> None:
        """Give back held deliveries, for an attempt after `wait`."""
        if ids:
            self.safely(lambda: Delivery.objects.let_go(ids, self.worker, wait=wait))
            for pk in ids:
                self.held.pop(pk, None)

    def take_back(self, ids: Collection[int]) -> None:
        """Give back begun deliveries that were never offered to the mail server, for an attempt at once."""
        if ids:
            self.safely(lambda: Delivery.objects.let_go(ids, self.worker, states=("claimed", "submitting", "unknown")))
            self.begun.difference_update(ids)

    def tend(self) -> None:
        """What has to be done now and then: write down what was heard, show a sign of life."""
        now = time.monotonic()
        if self.heard and now >= self.flush_by:
            self.flush()
        if now >= self.renew_by:
            self.renew_by = now + lease().total_seconds() / 4
            in_hand = [*self.held, *self.begun]
            if in_hand:
                self.safely(lambda: Delivery.objects.renew(in_hand, self.worker))

    def flush(self) -> None:
        if self.heard:
            self.safely(lambda: Delivery.objects.account(self.heard, self.worker))
            self.heard = []

    def close(self) -> None:
        """Write down what was heard and give back what was never begun."""
        self.flush()
        self.let_go(list(self.held))

    # --- A database that dies -------------------------------------------------------------------------------------

    def safely(self, step: Callable[[], T]) -> T:
        """Do one step, however often the database dies meanwhile. Raises DatabaseGone."""
        deadline = 0.0
        pause = 0.1
        while True:
            try:
                if self.database.connection is None or self.database.connection.closed:
                    self._come_back()
                return step()
            except (OperationalError, InterfaceError) as error:
                deadline = deadline or time.monotonic() + self.patience
                if time.monotonic() >= deadline:
                    # Whatever is still tried on the way out does not wait as long again.
                    self.patience = 0.0
                    raise DatabaseGone(str(error)) from error
                logger.warning("The database does not answer; %s waits for it: %s", self.worker, error)
                self.database.close()
                time.sleep(pause)
                pause = min(pause * 2, 2.0)

    def _come_back(self) -> None:
        """Over a new connection, say what others may have taken us for dead over: what is under way is, and the rest of
        what we held was never begun, also where nobody knows whether that mark arrived."""
        wait_for_the_disk()
        rows = Delivery.objects
        if self.begun:
            rows.submitting_still(self.begun, self.worker)
        answered = {pk for pk, _verdict, _reply in self.heard}
        never_begun = (rows.claimed_by(self.worker) | set(self.held)) - answered - self.begun
        if never_begun:
            rows.let_go(never_begun, self.worker, states=("claimed", "submitting", "unknown"))
        self.held.clear()
