import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models
from psycopg import Cursor

# Waiting before the next attempt: 1, 2, 4 … minutes, at most four hours. After the last attempt it has failed.
MOST_ATTEMPTS = 12
LONGEST_WAIT = datetime.timedelta(hours=4)

# Rows that a worker has in hand are asked for by their ids. PostgreSQL, whose statistics are from before the sending
# began, must not take a detour by the issue, hence the subqueries, or by all that is in hand, hence the coalesce().

# Id of a delivery, what became of it, and the mail server's words.
Verdict = tuple[int, str, str]

CLAIM = """
WITH waiting AS (
    SELECT d.id FROM newsletter_delivery AS d {join}
    WHERE d.issue_id = %(issue)s AND d.state = 'pending' AND d.not_before <= statement_timestamp() {but}
      AND EXISTS (SELECT FROM newsletter_issue AS i WHERE i.id = d.issue_id AND i.state = 'sending')
    ORDER BY d.not_before, d.id LIMIT %(size)s FOR UPDATE OF d SKIP LOCKED
), claimed AS (
    UPDATE newsletter_delivery AS d
    SET state = 'claimed', worker = %(worker)s, lease_until = statement_timestamp() + %(lease)s,
        changed_at = statement_timestamp(), smtp_reply = '',
        timeline = left(pg_walfile_name(pg_current_wal_lsn()), 8)
    FROM waiting WHERE d.id = waiting.id
    RETURNING d.id, d.subscriber_id, d.variant_id
)
SELECT claimed.id, claimed.variant_id, coalesce(lower(split_part(s.email, '@', -1)), '')
FROM claimed JOIN newsletter_subscriber AS s ON s.id = claimed.subscriber_id ORDER BY claimed.id
"""

# A lease that ran out while the server was thinking has made a row unknown, a coordinator may have put it back into the
# queue since, and a database server that died may have forgotten that it was begun; whoever holds the server's answer
# knows better than all of them.
ACCOUNT = b"""
UPDATE newsletter_delivery AS d
SET lease_until = NULL, changed_at = statement_timestamp(), smtp_reply = o.reply, closed_at = NULL, closed_by_id = NULL,
    state = CASE WHEN o.verdict <> 'deferred' THEN o.verdict
                 WHEN (SELECT i.state FROM newsletter_issue AS i WHERE i.id = d.issue_id) = 'cancelled' THEN 'skipped'
                 WHEN d.attempt >= %(most)s THEN 'failed' ELSE 'pending' END,
    not_before = CASE WHEN o.verdict = 'deferred'
                      THEN statement_timestamp()
                           + least(%(longest)s, interval '1 minute' * 2 ^ greatest(d.attempt - 1, 0))
                      ELSE d.not_before END
FROM unnest(%(ids)s::bigint[], %(verdicts)s::text[], %(replies)s::text[]) AS o (id, verdict, reply)
WHERE d.id = o.id AND d.worker = %(worker)s
  AND (d.state IN ('submitting', 'claimed') OR (d.state = 'unknown' AND o.verdict <> 'unknown')
       OR (d.state IN ('pending', 'skipped') AND o.verdict = 'accepted'))
"""

BEGIN = b"""
UPDATE newsletter_delivery AS d
SET state = 'submitting', attempt = d.attempt + 1, lease_until = statement_timestamp() + %(lease)s,
    changed_at = statement_timestamp()
FROM newsletter_subscriber AS s
WHERE d.id = ANY (%(begin)s) AND d.worker = %(worker)s AND d.state = 'claimed'
  AND coalesce(d.lease_until, '-infinity') > statement_timestamp()
  AND (SELECT i.state FROM newsletter_issue AS i WHERE i.id = d.issue_id) = 'sending'
  AND s.id = d.subscriber_id AND s.state = 'active'
  AND (s.paused_until IS NULL OR s.paused_until <= statement_timestamp())
RETURNING d.id, d.subscriber_id, d.variant_id, s.email, s.token
"""

ACCOUNT_AND_BEGIN = b"WITH accounted AS (%b), begun AS (%b) SELECT * FROM begun" % (ACCOUNT, BEGIN)

# What may no longer be sent is skipped; what may be sent later, as the issue is only paused, goes back.
LET_GO = b"""
UPDATE newsletter_delivery AS d
SET lease_until = NULL, changed_at = statement_timestamp(), not_before = statement_timestamp() + %(wait)s,
    attempt = CASE WHEN d.state = 'claimed' THEN d.attempt ELSE greatest(d.attempt - 1, 0) END,
    state = CASE WHEN s.state <> 'active' OR s.paused_until > statement_timestamp()
                      OR (SELECT i.state FROM newsletter_issue AS i WHERE i.id = d.issue_id) = 'cancelled'
                 THEN 'skipped' ELSE 'pending' END
FROM newsletter_subscriber AS s
WHERE d.id = ANY (%(ids)s) AND d.worker = %(worker)s AND d.state = ANY (%(states)s) AND d.closed_at IS NULL
  AND s.id = d.subscriber_id
"""

# Rows that were being handed over when the database server died, and whose mark may have died with it.
STILL_SUBMITTING = b"""
UPDATE newsletter_delivery
SET state = 'submitting', lease_until = statement_timestamp() + %(lease)s, closed_at = NULL, closed_by_id = NULL
WHERE id = ANY (%(ids)s) AND worker = %(worker)s AND state IN ('pending', 'claimed', 'submitting', 'unknown')
"""

STILL_HERE = b"""
UPDATE newsletter_delivery SET lease_until = statement_timestamp() + %(lease)s
WHERE id = ANY (%(ids)s) AND worker = %(worker)s AND state IN ('claimed', 'submitting')
  AND coalesce(lease_until, '-infinity') > statement_timestamp()
"""

CLAIMED_BY = (
    b"SELECT id FROM newsletter_delivery WHERE worker = %(worker)s AND state = 'claimed' AND lease_until IS NOT NULL"
)

RELEASE_EXPIRED = b"""
UPDATE newsletter_delivery AS d
SET lease_until = NULL, changed_at = statement_timestamp(),
    state = CASE WHEN may_be_out THEN 'unknown' WHEN i.state = 'cancelled' THEN 'skipped' ELSE 'pending' END,
    smtp_reply = CASE WHEN may_be_out THEN 'The worker died while handing it over.' ELSE '' END
FROM (
    SELECT id, issue_id,
        state = 'submitting' OR timeline <> left(pg_walfile_name(pg_current_wal_lsn()), 8) AS may_be_out
    FROM newsletter_delivery
    WHERE state IN ('claimed', 'submitting') AND lease_until <= statement_timestamp()
    FOR UPDATE SKIP LOCKED
) AS dead JOIN newsletter_issue AS i ON i.id = dead.issue_id
WHERE d.id = dead.id
RETURNING d.issue_id
"""


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
        return {issue_id for (issue_id,) in _ask(RELEASE_EXPIRED)}


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
