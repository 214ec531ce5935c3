"""The statements that workers handle deliveries with; `handling.py` says what each is for."""

# Rows that a worker has in hand are asked for by their ids. PostgreSQL, whose statistics are from before the sending
# began, must not take a detour by the issue, hence the subqueries, or by all that is in hand, hence the coalesce().

# What stands instead of an answer where nobody is left who could have heard one.
DIED = "The worker died while handing it over."

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
    smtp_reply = CASE WHEN may_be_out THEN %(died)s ELSE '' END
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
