"""Who gets an issue, and which of its items: worked out in the database, for two subscribers or for two million."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from newsletter.models.issue import Issue
from newsletter.models.issue_item import IssueItem

# A subscriber's chosen labs and areas each narrow what they get; choosing none of a kind means all of that kind. Items
# without a lab (national ones) or without areas pass that part of the choice. Choices repeat, so items are matched once
# per distinct choice, not once per subscriber.
MATCHED = """
WITH item (id, position, lab_id, areas) AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(positions)s::int[], %(labs)s::bigint[]) AS i (id, position, lab_id)
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(a.area), '{{}}')
        FROM unnest(%(area_items)s::bigint[], %(areas)s::bigint[]) AS a (item, area)
        WHERE a.item = i.id
    ) AS belonging (areas)
), choice AS MATERIALIZED (
    SELECT s.id, s.language,
        coalesce((SELECT array_agg(lab_id ORDER BY lab_id) FROM newsletter_subscriber_labs
                  WHERE subscriber_id = s.id), '{{}}') AS labs,
        coalesce((SELECT array_agg(focusarea_id ORDER BY focusarea_id) FROM newsletter_subscriber_focus_areas
                  WHERE subscriber_id = s.id), '{{}}') AS areas
    FROM newsletter_subscriber AS s
    WHERE s.state = 'active' AND (s.paused_until IS NULL OR s.paused_until <= %(now)s) {rhythm}
), content AS MATERIALIZED (
    SELECT c.labs, c.areas, (
        SELECT array_agg(i.id ORDER BY i.position, i.id) FROM item AS i
        WHERE (c.labs = '{{}}' OR i.lab_id IS NULL OR i.lab_id = ANY (c.labs))
          AND (c.areas = '{{}}' OR i.areas = '{{}}' OR i.areas && c.areas)
    ) AS items
    FROM (SELECT DISTINCT labs, areas FROM choice) AS c
), matched AS MATERIALIZED (
    SELECT choice.id AS subscriber_id, choice.language, content.items
    FROM choice JOIN content ON content.labs = choice.labs AND content.areas = choice.areas
    WHERE content.items IS NOT NULL
)
"""

COUNT = "SELECT items, language, count(*) FROM matched GROUP BY items, language ORDER BY count(*) DESC, language, items"

FREEZE = """
, variant AS (
    INSERT INTO newsletter_variant (issue_id, items, language, subject, text, html)
    SELECT DISTINCT %(issue)s::bigint, items, language, '', '', '' FROM matched
    RETURNING id, items, language
)
INSERT INTO newsletter_delivery (issue_id, subscriber_id, variant_id, state, not_before, changed_at)
SELECT %(issue)s, matched.subscriber_id, variant.id, 'pending', %(now)s, %(now)s
FROM matched JOIN variant ON variant.items = matched.items AND variant.language = matched.language
"""


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

    def count(self) -> int:
        return sum(count for _items, _language, count in self.variants())

    def freeze(self) -> int:
        """Write the variants and one delivery per recipient, in one statement; returns how many recipients."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql(FREEZE), self._parameters())
            return cursor.rowcount

    def _sql(self, ending: str) -> str:
        rhythm = "" if self.issue.kind == Issue.Kind.SPECIAL else "AND s.frequency = %(kind)s"
        return MATCHED.format(rhythm=rhythm) + ending

    def _parameters(self) -> dict[str, Any]:
        belongings = [(item.pk, area) for item in self.items for area in item.focus_area_ids]
        return {
            "issue": self.issue.pk,
            "kind": self.issue.kind,
            "now": self.now,
            "ids": [item.pk for item in self.items],
            "positions": [item.position for item in self.items],
            "labs": [item.lab.pk if item.lab else None for item in self.items],
            "area_items": [item for item, _area in belongings],
            "areas": [area for _item, area in belongings],
        }
