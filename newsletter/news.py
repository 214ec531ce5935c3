"""What an issue could tell about and does not yet."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from methods.models import Revision
from newsletter.models import DiaryEntry, Issue

# So many are proposed at once; whoever wants others narrows the search.
MOST = 30


@dataclass(frozen=True)
class Proposal:
    """A published diary entry or method report that is not in the issue. `key` names it in forms."""

    key: str
    source: Any
    title: str
    language: str
    lab: Any
    partner: Any
    is_method: bool
    published_at: datetime.datetime
    comes_later: bool  # The next digest of the kind holds it anyway.


class News:
    """Published entries and method reports that an issue does not hold, newest first: at most `MOST`, and `more`.

    Without words or dates they are those published since the issue of the kind before. `words` are looked for in the
    titles of everything published; `since` and `until` are days, both included.
    """

    def __init__(
        self,
        issue: Issue,
        *,
        words: str = "",
        since: datetime.date | None = None,
        until: datetime.date | None = None,
    ) -> None:
        self.issue, self.words = issue, words
        self.is_narrowed = bool(words or since or until)
        self.after = midnight(since) if since else None if self.is_narrowed else issue.news_since
        self.before = midnight(until + datetime.timedelta(days=1)) if until else None
        found = sorted([*self._entries(), *self._reports()], key=lambda one: (one.published_at, one.key), reverse=True)
        self.proposals, self.more = found[:MOST], len(found) > MOST

    def _entries(self) -> Iterable[Proposal]:
        entries = DiaryEntry.objects.published().exclude(issue_items__issue=self.issue)
        for entry in self._narrowed(entries.select_related("lab", "partner").defer("search", "body")):
            yield Proposal(
                key=f"entry-{entry.pk}",
                source=entry,
                title=entry.title,
                language=entry.language,
                lab=entry.lab,
                partner=entry.partner,
                is_method=False,
                published_at=entry.published_at,
                comes_later=self._comes_later(entry.published_at),
            )

    def _reports(self) -> Iterable[Proposal]:
        revisions = Revision.objects.published().exclude(issue_items__issue=self.issue)
        for revision in self._narrowed(revisions.select_related("method__lab")):
            yield Proposal(
                key=f"report-{revision.pk}",
                source=revision.method,
                title=str(revision.method),
                language=revision.language,
                lab=revision.method.lab,
                partner=None,
                is_method=True,
                published_at=revision.published_at,
                comes_later=self._comes_later(revision.published_at),
            )

    def _narrowed(self, published: QuerySet[Any]) -> QuerySet[Any]:
        if self.words:
            published = published.filter(title__icontains=self.words)
        if self.after:
            published = published.filter(published_at__gt=self.after)
        if self.before:
            published = published.filter(published_at__lt=self.before)
        return published.order_by("-published_at", "-pk")[: MOST + 1]

    def _comes_later(self, published_at: datetime.datetime) -> bool:
        return self.issue.period_end is not None and published_at > self.issue.period_end


def midnight(day: datetime.date) -> datetime.datetime:
    """When the day begins, where the labs are."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
