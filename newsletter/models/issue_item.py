from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class IssueItemQuerySet(models.QuerySet["IssueItem"]):
    def with_sources(self) -> "IssueItemQuerySet":
        """Everything a page or a mail shows of an item, in a constant number of queries."""
        return self.select_related(
            "entry__lab", "entry__partner", "entry__picture", "entry__author", "revision__method__lab"
        ).prefetch_related("entry__focus_areas", "revision__method__focus_areas")

    def public(self) -> "IssueItemQuerySet":
        """Items whose source anyone may read; what was withdrawn after composing is neither sent nor shown."""
        return self.filter(
            models.Q(entry__state="published")
            | models.Q(revision__state__in=["published", "superseded"], revision__method__published__isnull=False)
        )

    def own(self) -> "IssueItemQuerySet":
        """What the issue tells everybody, without what it repeats for readers who had been away."""
        return self.filter(
            models.Q(news_at__isnull=True)
            | models.Q(issue__period_start__isnull=True)
            | models.Q(news_at__gt=models.F("issue__period_start"))
        )

    def catching_up(self) -> "IssueItemQuerySet":
        return self.filter(news_at__lte=models.F("issue__period_start"))


class IssueItem(models.Model):
    """One thing an issue tells about: a diary entry or a newly published method report."""

    issue = models.ForeignKey("newsletter.Issue", on_delete=models.CASCADE, related_name="items")
    entry = models.ForeignKey(
        "newsletter.DiaryEntry", on_delete=models.PROTECT, null=True, blank=True, related_name="issue_items"
    )
    revision = models.ForeignKey(
        "methods.Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="issue_items"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # When it was news: readers whose digest begins later have had it. Empty: everybody gets it whose choices match.
    news_at = models.DateTimeField(null=True, blank=True)

    objects = IssueItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of an issue")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entry__isnull=False, revision__isnull=True)
                | models.Q(entry__isnull=True, revision__isnull=False),
                name="item_is_entry_or_method",
            ),
            models.UniqueConstraint(fields=["issue", "entry"], name="item_entry_once_per_issue"),
            models.UniqueConstraint(fields=["issue", "revision"], name="item_method_once_per_issue"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_method(self) -> bool:
        return self.revision_id is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether nobody may read its source any more, so that it is neither sent nor shown."""
        if self.revision:
            return self.revision.state not in {"published", "superseded"} or self.revision.method.published_id is None
        return self.entry is None or self.entry.state != "published"

    @property
    def source(self) -> Any:
        """The diary entry or the method that the item tells about."""
        return self.revision.method if self.revision else self.entry

    @property
    def _words(self) -> Any:
        """What the item's words come from; the constraint says there is one."""
        return self.revision or self.entry

    @property
    def title(self) -> str:
        return str(self.source)

    @property
    def teaser(self) -> str:
        return str(self._words.summary if self.revision else self._words.teaser)

    @property
    def language(self) -> str:
        """The language the item is written in."""
        return str(self._words.language)

    @property
    def lab(self) -> Any:
        return self.source.lab

    @property
    def focus_area_ids(self) -> list[int]:
        return [area.pk for area in self.source.focus_areas.all()]

    @property
    def picture(self) -> Any:
        return None if self.revision else self._words.picture

    @property
    def partner(self) -> Any:
        """The organisation behind a partner article; None for our own words."""
        return None if self.revision else self._words.partner

    @property
    def url(self) -> str:
        return str(settings.SITE_URL + self.source.get_absolute_url())
