import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models
from psycopg import Cursor

from newsletter.models.handling_sql import (
    ACCOUNT,
    ACCOUNT_AND_BEGIN,
    BEGIN,
    CLAIM,
    CLAIMED_BY,
    DIED,
    LET_GO,
    RELEASE_EXPIRED,
    STILL_HERE,
    STILL_SUBMITTING,
)

# Waiting before the next attempt: 1, 2, 4 … minutes, at most four hours. After the last attempt it has failed.
MOST_ATTEMPTS = 12
LONGEST_WAIT = datetime.timedelta(hours=4)

# Id of a delivery, what became of it, and the mail server's words.
Verdict = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery in a worker's hands, not begun yet. `domain` is the recipient's mail domain, in lower case."""

    id: int
    variant_id: int
    domain: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A delivery marked as being handed over, with what its mail needs, as it was at that moment."""

    id: int
    subscriber_id: int
    variant_id: int
    email: str
    token: str


def lease() -> datetime.timedelta:
    """A worker that has shown no sign of life for so long is taken for dead."""
    return datetime.timedelta(seconds=settings.NEWSLETTER_LEASE_SECONDS)


class HandlingQuerySet(models.QuerySet[Any]):
    """What workers do with deliveries, in batches. Each step is one statement that checks all it relies on, so that
    PostgreSQL checks it anew when another worker had the row meanwhile. Times are the database's: workers' clocks need
    not agree.

    Every step is on the database's disk before its worker goes on. What a standby had not got when it was promoted (a
    new timeline) is lost all the same, so rows claimed before that may be out.
    """

    def claim(self, issue_id: int, worker: str, size: int, *, but: Collection[str] = ()) -> list[Claimed]:
        """Take at most `size` waiting deliveries of an issue that is being sent, none of them to the domains `but`."""
        sql = CLAIM.format(
            join="JOIN newsletter_subscriber AS r ON r.id = d.subscriber_id" if but else "",
            but="AND coalesce(lower(split_part(r.email, '@', -1)), '') <> ALL (%(but)s)" if but else "",
        )
        rows = _ask(sql.encode(), issue=issue_id, worker=worker, size=size, but=list(but), lease=lease())
        return [Claimed(*row) for row in rows]

    def begin(self, ids: Sequence[int], worker: str, verdicts: Sequence[Verdict] = ()) -> list[Begun]:
        """Say, before the mail server is told anything, that these claimed deliveries may be out from now on; and write
        down `verdicts` in the same statement, as `account` does.

        Left out are those that may not be sent: the lease is lost, the subscriber has left, or the issue is stopped.
        """
        answers = _answers(verdicts) if verdicts else {}
        sql = ACCOUNT_AND_BEGIN if verdicts else BEGIN
        return [Begun(*row) for row in _ask(sql, begin=ids, worker=worker, lease=lease(), **answers)]

    def let_go(
        self,
        ids: Collection[int],
        worker: str,
        *,
        wait: datetime.timedelta = datetime.timedelta(0),
        states: Sequence[str] = ("claimed",),
    ) -> None:
        """Give up deliveries of which the worker knows that it has not begun them; they wait for another attempt, after
        `wait`, or are skipped when nobody wants them any more."""
        _do(LET_GO, ids=list(ids), worker=worker, wait=wait, states=list(states))

    def account(self, verdicts: Sequence[Verdict], worker: str) -> None:
        """Write down what became of begun deliveries: (id, verdict, the server's answer).

        Verdicts are `accepted`, `failed`, `unknown`, and `deferred`: try again later, or fail after the last attempt.
        """
        _do(ACCOUNT, worker=worker, **_answers(verdicts))

    def renew(self, ids: Collection[int], worker: str) -> None:
        """Show a sign of life for deliveries in the worker's hands."""
        _do(STILL_HERE, ids=list(ids), worker=worker, lease=lease())

    def submitting_still(self, ids: Collection[int], worker: str) -> None:
        """Say once more what the database may have forgotten: these are being handed over by the worker right now."""
        _do(STILL_SUBMITTING, ids=list(ids), worker=worker, lease=lease())

    def claimed_by(self, worker: str) -> set[int]:
        return {pk for (pk,) in _ask(CLAIMED_BY, worker=worker)}

    def release_expired(self) -> set[int]:
        """What dead workers held, of any issue: claimed rows go back; what may be out already is never sent again.

        Returns the ids of the issues that had any.
        """
        return {issue_id for (issue_id,) in _ask(RELEASE_EXPIRED, died=DIED)}


def wait_for_the_disk() -> None:
    """Have this connection's commits wait for the disk, whatever the server does for others."""
    _do(b"SET synchronous_commit TO on")


def _answers(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The parameters of ACCOUNT."""
    return {
        "ids": [pk for pk, _verdict, _reply in verdicts],
        "verdicts": [verdict for _pk, verdict, _reply in verdicts],
        "replies": [reply.replace("\x00", "")[:300] for _pk, _verdict, reply in verdicts],
        "most": MOST_ATTEMPTS,
        "longest": LONGEST_WAIT,
    }


def _ask(sql: bytes, **parameters: Any) -> list[tuple[Any, ...]]:
    """The rows a statement returns. The server prepares it once per connection, where Django's own cursors would have
    it planned each time."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors:
        cursor = Cursor(database.connection)
        return cursor.execute(sql, parameters, prepare=True).fetchall()


def _do(sql: bytes, **parameters: Any) -> None:
    """Run a statement that returns nothing."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors:
        Cursor(database.connection).execute(sql, parameters, prepare=True)
