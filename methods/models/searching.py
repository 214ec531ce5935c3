import re
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, TrigramWordSimilarity
from django.db import models
from django.db.models import F, FloatField, Q, Value
from django.db.models.functions import Coalesce

from richtext.sanitising import as_words

CONFIG = "swedish"
# A word counts as meant when it is this alike; "syselsättning" against "sysselsättning" is 0.8.
ALIKE = 0.5
_LETTERS = str.maketrans("åäöéèüÅÄÖÉÈÜ", "aaoeeuaaoeeu")
_OPERATORS = re.compile(r'"|(^|\s)-\S|\bOR\b')


def fold(text: str) -> str:
    """Lower case without dots and rings, so that a word typed on any keyboard is found."""
    return text.lower().translate(_LETTERS)


class MethodQuerySet(models.QuerySet[Any]):
    def published(self) -> "MethodQuerySet":
        return self.filter(published__isnull=False)

    def visible_to(self, user: Any) -> "MethodQuerySet":
        """Published methods; for people of a lab also its own unpublished ones, for coordinators all."""
        if not user.is_authenticated:
            return self.published()
        if user.is_coordinator:
            return self
        mine = self.model._default_manager.filter(lab__memberships__user=user).values("pk")
        return self.filter(Q(published__isnull=False) | Q(pk__in=mine))

    def staffed_by(self, user: Any) -> "MethodQuerySet":
        """Methods of the labs that the user works in: none for visitors, all for coordinators."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_coordinator else self.filter(lab__memberships__user=user)

    def spreading(self) -> "MethodQuerySet":
        return self.published().filter(phase="spread")

    def for_area(self, area: Any) -> "MethodQuerySet":
        return self.filter(focus_areas=area)

    def newest_first(self) -> "MethodQuerySet":
        return self.order_by(F("published__published_at").desc(nulls_last=True), "-pk")

    def with_summaries(self) -> "MethodQuerySet":
        """Read what a list shows of each method, in a constant number of queries."""
        return self.select_related("lab", "published", "evidence").prefetch_related(
            "focus_areas", "published__illustrations__picture"
        )

    def search(self, q: str) -> "MethodQuerySet":
        """Methods about `q`, the most relevant first; all of them, in the order they had, when `q` is empty.

        Understands quotes, `OR` and `-word`, the forms of Swedish words, beginnings of words and small misspellings.
        Annotates `rank`.
        """
        q = " ".join(q.replace("\x00", " ").split())[:200]
        if not q:
            return self
        query = SearchQuery(q, config=CONFIG, search_type="websearch")
        vector = F("search_vector")
        rank: Any = SearchRank(vector, query)
        if _OPERATORS.search(q):
            return self.filter(search_vector=query).annotate(rank=rank).order_by("-rank", "-pk")
        words = re.findall(r"\w+", q)[:10]
        found = Q(search_vector=query)
        if words:
            # Every word, or its beginning, or something like it. "trygg" finds what the stemmer keeps apart.
            beginnings = SearchQuery(" & ".join(f"{w}:*" for w in words), config=CONFIG, search_type="raw")
            alike = [TrigramWordSimilarity(fold(word), "search_words") for word in words]
            worst = alike[0] if len(alike) == 1 else _Least(*alike)
            self = self.annotate(likeness=worst)
            found |= Q(search_vector=beginnings) | Q(likeness__gte=ALIKE)
            rank = (
                rank * 4
                + SearchRank(vector, beginnings) * 2
                + Coalesce(F("likeness"), Value(0.0)) * Value(0.1)
                + TrigramWordSimilarity(q, "title") * Value(0.5)
            )
        return (
            self.filter(found)
            .annotate(rank=Coalesce(rank, Value(0.0), output_field=FloatField()))
            .order_by("-rank", "-pk")
        )


class _Least(models.Func):
    function = "LEAST"
    output_field = FloatField()


class Searchable(models.Model):
    """Keeps what the search looks in, from the published revision."""

    class Meta:
        abstract = True

    def index(self: Any) -> None:
        """Write the search columns anew: title before summary before the rest."""
        revision = self.published
        title = revision.title
        summary = f"{revision.summary} {revision.target_groups} {self.lab.name} {self.lab.municipality}"
        body = " ".join(
            [
                *(as_words(getattr(revision, name)) for name in RICH_COLUMNS),
                *(f"{part.title} {part.description}" for part in revision.components.all()),
                *(claim.statement for claim in revision.claims.all()),
                *(f"{area.name_sv} {area.name_en}" for area in self.focus_areas.all()),
                as_words(self.learned),
            ]
        )
        vector = (
            SearchVector(Value(title), weight="A", config=CONFIG)
            + SearchVector(Value(summary), weight="B", config=CONFIG)
            + SearchVector(Value(body), weight="C", config=CONFIG)
        )
        words = " ".join(dict.fromkeys(re.findall(r"\w{3,}", fold(f"{title} {summary} {body}"))))
        type(self)._base_manager.filter(pk=self.pk).update(search_vector=vector, search_words=words)


RICH_COLUMNS = (
    "problem",
    "effect",
    "mechanism",
    "moderators",
    "implementation",
    "failures",
    "success_conditions",
)
