"""The mails of an issue, to be looked at: as they would be now, or as they were written down when it was frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.functional import cached_property

from newsletter.audience import Audience
from newsletter.models import Issue, IssueItem, Subscriber, Variant
from newsletter.sending.rendering import Words, render


@dataclass(frozen=True)
class Version:
    """One of the mails: what it tells about, in which language and to how many. `key` names its items in addresses."""

    key: str
    items: list[IssueItem]
    language: str
    count: int


class NoSuchVersion(Exception):
    """Nobody got these items in that language."""


def items_of(issue: Issue, key: str) -> list[IssueItem]:
    """The items that a mail of the issue with that key tells about; an empty key is all."""
    items = list(issue.items.public().with_sources())
    wanted = set(key.split("-"))
    return [item for item in items if str(item.pk) in wanted] if key else items


def key_of(ids: Sequence[int]) -> str:
    """What names the items with these ids in an address."""
    return "-".join(map(str, ids))


class Drafted:
    """Of an issue whose recipients are not written down: everything may be looked at, in versions nobody gets too."""

    def __init__(self, issue: Issue) -> None:
        self.issue, self.audience = issue, Audience(issue)

    def versions(self) -> list[Version]:
        """Every mail that would be sent, the one that most get first. None of a cancelled issue."""
        if self.issue.state == Issue.State.CANCELLED:
            return []
        by_id = {item.pk: item for item in self.audience.items}
        return [
            Version(key_of(ids), [by_id[pk] for pk in ids], language, count)
            for ids, language, count in self.audience.variants()
        ]

    def named(self, key: str, language: str) -> tuple[str, str]:
        """Key and language of the mail that is meant."""
        return key_of([item.pk for item in items_of(self.issue, key)]), language

    def words(self, key: str, language: str) -> Words:
        return render(self.issue, items_of(self.issue, key), language)

    def readers(self, version: Version, *, most: int) -> list[Subscriber]:
        """At most so many of those who get it."""
        return self.audience.some([item.pk for item in version.items], version.language, most=most)


class WrittenDown:
    """Of an issue whose recipients are written down: the mails as they are sent, to those who get them."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue

    def versions(self) -> list[Version]:
        """Every mail that is sent, the one that most get first."""
        by_id = {item.pk: item for item in self.issue.items.with_sources()}
        return [
            Version(key_of(variant.items), [by_id[pk] for pk in variant.items], variant.language, count)
            for variant, count in self._counted
        ]

    def named(self, key: str, language: str) -> tuple[str, str]:
        """Key and language of the mail that is meant: without a key the one that most get, in `language` if any do.

        Raises NoSuchVersion.
        """
        variant = self._variant(key, language)
        return key_of(variant.items), variant.language

    def words(self, key: str, language: str) -> Words:
        variant = self._variant(key, language)
        variant.refresh_from_db(fields=["text", "html"])
        return Words(variant.language, variant.subject, variant.text, variant.html)

    def readers(self, version: Version, *, most: int) -> list[Subscriber]:
        """At most so many of those who get it."""
        deliveries = self.issue.deliveries.filter(variant=self._variant(version.key, version.language))
        return [delivery.subscriber for delivery in deliveries.select_related("subscriber").order_by("pk")[:most]]

    @cached_property
    def _counted(self) -> list[tuple[Variant, int]]:
        # Counted by the issue, for which there is an index.
        counts: dict[int, int] = dict(
            self.issue.deliveries.order_by().values_list("variant").annotate(number=Count("pk"))
        )
        variants = [(variant, counts.get(variant.pk, 0)) for variant in self.issue.variants.defer("text", "html")]
        return sorted(variants, key=lambda each: -each[1])

    def _variant(self, key: str, language: str) -> Variant:
        fitting = [
            variant
            for variant, _count in self._counted
            if not key or (key_of(variant.items), variant.language) == (key, language)
        ]
        if not fitting:
            raise NoSuchVersion
        return next((variant for variant in fitting if variant.language == language), fitting[0])


def specimens(issue: Issue) -> Any:
    """The mails of the issue as they are, `Drafted` or `WrittenDown`."""
    return Drafted(issue) if issue.frozen_at is None else WrittenDown(issue)
