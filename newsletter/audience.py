"""Who gets an issue, and which of its items: worked out in the database, for two subscribers or for two million."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from newsletter.models.issue import Issue
from newsletter.models.issue_item import IssueItem
from newsletter.models.period import FURTHEST_BACK
from newsletter.models.subscriber import Subscriber
from newsletter.models.subscription import AUDIENCE
from workflow import in_turn

# A subscriber's chosen labs and areas each narrow what they get; choosing none of a kind means all of that kind. Items
# without a lab (national ones) or without areas pass that part of the choice. News that somebody has had passes them
# by: `seen` says how many of the moments something in the issue was news at lie before their digest begins. Choices
# repeat, so items are matched once per distinct choice, not once per subscriber.
MATCHED = """
WITH item (id, position, lab_id, moment, areas) AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(positions)s::int[], %(labs)s::bigint[], %(item_moments)s::int[])
        AS i (id, position, lab_id, moment)
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(a.area), '{{}}')
        FROM unnest(%(area_items)s::bigint[], %(areas)s::bigint[]) AS a (item, area)
        WHERE a.item = i.id
    ) AS belonging (areas)
), choice AS MATERIALIZED (
    SELECT s.id, s.language, s.news_from,
        {seen} AS seen,
        coalesce(chosen_labs.ids, '{{}}') AS labs,
        coalesce(chosen_areas.ids, '{{}}') AS areas
    FROM newsletter_subscriber AS s
    LEFT JOIN (
        SELECT subscriber_id, array_agg(lab_id ORDER BY lab_id) AS ids
        FROM newsletter_subscriber_labs GROUP BY subscriber_id
    ) AS chosen_labs ON chosen_labs.subscriber_id = s.id
    LEFT JOIN (
        SELECT subscriber_id, array_agg(focusarea_id ORDER BY focusarea_id) AS ids
        FROM newsletter_subscriber_focus_areas GROUP BY subscriber_id
    ) AS chosen_areas ON chosen_areas.subscriber_id = s.id
    WHERE s.state = 'active' AND (s.paused_until IS NULL OR s.paused_until <= %(now)s) {rhythm}
), content AS MATERIALIZED (
    SELECT c.labs, c.areas, c.seen, (
        SELECT array_agg(i.id ORDER BY i.position, i.id) FROM item AS i
        WHERE (c.labs = '{{}}' OR i.lab_id IS NULL OR i.lab_id = ANY (c.labs))
          AND (c.areas = '{{}}' OR i.areas = '{{}}' OR i.areas && c.areas)
          AND (i.moment IS NULL OR i.moment > c.seen)
    ) AS items
    FROM (SELECT DISTINCT labs, areas, seen FROM choice) AS c
), matched AS MATERIALIZED (
    SELECT choice.id AS subscriber_id, choice.language, choice.news_from, content.items
    FROM choice JOIN content USING (labs, areas, seen)
    WHERE content.items IS NOT NULL
)
"""

# A digest is for its rhythm. Who was away since before what it reaches back to is told all of it by the next one.
DIGEST = """
    AND s.frequency = %(kind)s
    AND (s.news_from IS NULL OR greatest(s.news_from, %(furthest)s) >= %(reach)s)
"""

COUNT = "SELECT items, language, count(*) FROM matched GROUP BY items, language ORDER BY count(*) DESC, language, items"

# Who had a beginning of their own has been served to the digest's end, as all others, so they need none any more. They
# keep one where the rhythm's next digest would begin elsewhere: when theirs lies further on, or when an earlier digest
# is still to go out. All in one statement, so that nobody comes or goes between its parts.
FREEZE = """
, missing AS (
    INSERT INTO newsletter_variant (issue_id, items, language, subject, text, html)
    SELECT DISTINCT %(issue)s::bigint, items, language, '', '', '' FROM matched
    ON CONFLICT DO NOTHING
    RETURNING id, items, language
), variant AS (
    SELECT id, items, language FROM newsletter_variant WHERE issue_id = %(issue)s
    UNION ALL SELECT id, items, language FROM missing
), delivery AS (
    INSERT INTO newsletter_delivery (issue_id, subscriber_id, variant_id, state, not_before, changed_at, news_from)
    SELECT %(issue)s, matched.subscriber_id, variant.id, 'pending', %(now)s, %(now)s, matched.news_from
    FROM matched JOIN variant ON variant.items = matched.items AND variant.language = matched.language
    RETURNING 1
), served AS (
    UPDATE newsletter_subscriber AS s
    SET news_from = CASE WHEN %(earlier_waits)s THEN %(period_end)s::timestamptz END
    FROM choice
    WHERE %(period_end)s::timestamptz IS NOT NULL
      AND s.id = choice.id AND choice.news_from <= %(period_end)s::timestamptz
    RETURNING 1
)
SELECT (SELECT count(*) FROM matched), (SELECT count(*) FROM delivery), (SELECT count(*) FROM served)
"""


SOME = """
SELECT subscriber_id FROM matched WHERE items = %(chosen)s::bigint[] AND language = %(language)s
ORDER BY subscriber_id LIMIT %(most)s
"""


class WrittenDownWrong(Exception):
    """Not everybody who was counted was written down, or somebody more. Nothing of it may stand."""


class Audience:
    """The subscribers an issue would go to at this moment."""

    def __init__(self, issue: Issue, *, now: datetime.datetime | None = None) -> None:
        self.issue = issue
        self.now = now or timezone.now()
        self.items: Sequence[IssueItem] = list(issue.items.public().with_sources())

    def variants(self) -> list[tuple[tuple[int, ...], str, int]]:
        """What would be sent: (ids of the items in order, language, number of recipients), largest first."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql(COUNT), self._parameters())
            return [(tuple(items), language, count) for items, language, count in cursor.fetchall()]

    def some(self, items: Sequence[int], language: str, *, most: int) -> list[Subscriber]:
        """At most so many of those who would get these items in this language: those first who came first."""
        with connection.cursor() as cursor:
            parameters = {**self._parameters(), "chosen": list(items), "language": language, "most": most}
            cursor.execute(self._sql(SOME), parameters)
            ids = [pk for (pk,) in cursor.fetchall()]
        return list(Subscriber.objects.filter(pk__in=ids).order_by("pk"))

    def count(self) -> int:
        return sum(count for _items, _language, count in self.variants())

    def freeze(self) -> int:
        """Write one delivery per recipient, and the variants that are not there yet, without their words, in one
        statement; returns how many recipients.

        Raises WrittenDownWrong, and takes back what it wrote, when their number is not the number of those counted.
        """
        with in_turn(AUDIENCE), connection.cursor() as cursor:
            cursor.execute(self._sql(FREEZE), self._parameters())
            counted, written, _served = cursor.fetchone()
            kept = self.issue.deliveries.count()
            if not counted == written == kept:
                raise WrittenDownWrong(f"{counted} were counted, {written} written down, {kept} are there.")
            return int(written)

    def _sql(self, ending: str) -> str:
        if self.issue.period_start is None:
            return MATCHED.format(rhythm="", seen="0") + ending
        seen = "width_bucket(coalesce(s.news_from, %(start)s), %(moments)s::timestamptz[])"
        return MATCHED.format(rhythm=DIGEST, seen=seen) + ending

    def _parameters(self) -> dict[str, Any]:
        issue = self.issue
        start, end = issue.period_start, issue.period_end
        belongings = [(item.pk, area) for item in self.items for area in item.focus_area_ids]
        # PostgreSQL wants one at least; without news none is asked for.
        moments = sorted({item.news_at for item in self.items if item.news_at}) or [self.now]
        return {
            "issue": issue.pk,
            "kind": issue.kind,
            "now": self.now,
            "start": start,
            "period_end": end,
            "reach": min(issue.reaches_back_to or issue.period_start, issue.period_start)
            if issue.period_start
            else None,
            "furthest": end - FURTHEST_BACK if end else None,
            "earlier_waits": self._earlier_waits(),
            "moments": moments,
            "ids": [item.pk for item in self.items],
            "positions": [item.position for item in self.items],
            "labs": [item.lab.pk if item.lab else None for item in self.items],
            "item_moments": [moments.index(item.news_at) + 1 if item.news_at else None for item in self.items],
            "area_items": [item for item, _area in belongings],
            "areas": [area for _item, area in belongings],
        }

    def _earlier_waits(self) -> bool:
        """Whether a digest of the kind that ends before this one may still be sent."""
        end = self.issue.period_end
        if end is None:
            return False
        waiting = Issue.objects.filter(kind=self.issue.kind, frozen_at__isnull=True, period_end__lt=end)
        return waiting.exclude(state=Issue.State.CANCELLED).exists()
