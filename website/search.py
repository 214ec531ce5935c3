"""Search over everything public. Each kind of thing searches itself; here they are only set side by side."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import Q
from django.utils.functional import cached_property

from labs.models import Lab
from methods.models import Method
from newsletter.models import DiaryEntry
from procurement_portal.models import Supplier

SHOWN = 8


@dataclass(frozen=True)
class Finding:
    """The first few of what was found, and whether there is more."""

    items: list[Any]
    has_more: bool

    @classmethod
    def of(cls, matches: Any) -> "Finding":
        rows = list(matches[: SHOWN + 1])
        return cls(rows[:SHOWN], len(rows) > SHOWN)

    def __bool__(self) -> bool:
        return bool(self.items)


class Search:
    """What the public may read about `words`, as typed by a person. Four queries of matches, whatever is found."""

    def __init__(self, words: str) -> None:
        self.words = " ".join(words.split())

    @cached_property
    def methods(self) -> Finding:
        found = Method.objects.published().search(self.words)
        return Finding.of(found.select_related("lab", "published", "evidence"))

    @cached_property
    def labs(self) -> Finding:
        text = SearchVector("name", "municipality", "area", "challenge", "description", config="swedish")
        query = SearchQuery(self.words, config="swedish", search_type="websearch")
        named = Q(name__icontains=self.words) | Q(municipality__icontains=self.words) | Q(area__icontains=self.words)
        found = Lab.objects.annotate(text=text, rank=SearchRank(text, query)).filter(Q(text=query) | named)
        return Finding.of(found.order_by("-rank", "pk"))

    @cached_property
    def entries(self) -> Finding:
        found = DiaryEntry.objects.published().search(self.words)
        return Finding.of(found.select_related("lab", "partner"))

    @cached_property
    def suppliers(self) -> Finding:
        found = Supplier.objects.listed().search(self.words).alphabetical()
        return Finding.of(found.prefetch_related("categories"))

    @property
    def found_anything(self) -> bool:
        return any((self.methods, self.labs, self.entries, self.suppliers))
