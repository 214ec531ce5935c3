import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from history.models import BY_ITSELF, Eventful
from newsletter.models.changing_entry import Changeable
from newsletter.models.publication import Publishable
from richtext.fields import RichTextField

# Words that are addresses of their own under the diary; an entry may not sit on them.
TAKEN_SLUGS = {"feed", "new", "nytt", "mine", "mina"}


TEASER_CHARACTERS = 200


def beginning(text: str) -> str:
    """As many whole sentences as fit in a teaser; of a first sentence that is too long, the words that fit."""
    if len(text) <= TEASER_CHARACTERS:
        return text
    end = max(text.rfind(f"{mark} ", 0, TEASER_CHARACTERS) for mark in ".!?")
    if end > 0:
        return text[: end + 1]
    return text[: text.rfind(" ", 0, TEASER_CHARACTERS)].rstrip(" ,;:–-") + "…"


class DiaryEntryQuerySet(models.QuerySet["DiaryEntry"]):
    def published(self) -> "DiaryEntryQuerySet":
        return self.filter(state=DiaryEntry.State.PUBLISHED)

    def newest_first(self) -> "DiaryEntryQuerySet":
        return self.order_by(models.F("published_at").desc(nulls_first=True), "-pk")

    def due(self, now: datetime.datetime) -> "DiaryEntryQuerySet":
        return self.filter(state=DiaryEntry.State.SCHEDULED, publish_at__lte=now)

    def visible_to(self, user: Any) -> "DiaryEntryQuerySet":
        """Published entries for everyone; beyond those, a lab's own for its staff and all for coordinators."""
        if not user.is_authenticated:
            return self.published()
        if user.is_coordinator:
            return self
        own = models.Exists(user.memberships.filter(lab=models.OuterRef("lab")))
        return self.filter(models.Q(state=DiaryEntry.State.PUBLISHED) | own)

    def editable_by(self, user: Any) -> "DiaryEntryQuerySet":
        if not user.is_authenticated:
            return self.none()
        return self if user.is_coordinator else self.filter(lab__memberships__user=user)

    def for_lab(self, lab: Any) -> "DiaryEntryQuerySet":
        return self.filter(lab=lab)

    def for_area(self, area: Any) -> "DiaryEntryQuerySet":
        return self.filter(focus_areas=area)

    def search(self, words: str) -> "DiaryEntryQuerySet":
        """Entries that match the words in Swedish full text, best first; `words` as a person types them."""
        query = SearchQuery(words.replace("\x00", " "), config="swedish", search_type="websearch")
        return (
            self.filter(search=query)
            .annotate(rank=SearchRank(models.F("search"), query))
            .order_by("-rank", "-published_at", "-pk")
        )

    def with_people_and_places(self) -> "DiaryEntryQuerySet":
        """Everything a list or a mail shows of an entry, without a query per row."""
        related = self.select_related("lab", "author", "partner", "picture", "method", "goal__lab")
        return related.prefetch_related("focus_areas").defer("search")


class DiaryEntry(Publishable, Changeable, Eventful):
    """A page of the diary: what happened in a lab, or in the innovation lab as a whole when `lab` is empty.

    `partner` set means a partner article: text from an organisation outside, always marked as such.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("diary entry", "draft")
        SCHEDULED = "scheduled", pgettext_lazy("diary entry", "scheduled")
        PUBLISHED = "published", pgettext_lazy("diary entry", "published")

    WITHOUT_ACCOUNT = BY_ITSELF
    EVENTS = {
        "created": _("began the entry"),
        "changed": _("changed the entry"),
        "scheduled": _("set a time for publishing"),
        "published": _("published the entry"),
        "withdrawn": _("took the entry back to draft"),
    }

    lab = models.ForeignKey(
        "labs.Lab", on_delete=models.PROTECT, null=True, blank=True, related_name="entries", verbose_name=_("lab")
    )
    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(max_length=180, unique=True)
    lede = models.CharField(_("in one sentence"), max_length=300, blank=True)
    body = RichTextField(pgettext_lazy("diary entry", "text"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="sv")
    picture = models.ForeignKey("pictures.Picture", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="diary_entries"
    )
    focus_areas = models.ManyToManyField(
        "labs.FocusArea", blank=True, related_name="diary_entries", verbose_name=_("focus areas")
    )
    method = models.ForeignKey(
        "methods.Method",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="diary_entries",
        verbose_name=_("method"),
    )
    goal = models.ForeignKey(
        "labs.Goal",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="diary_entries",
        verbose_name=_("goal"),
    )
    partner = models.ForeignKey(
        "labs.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="partner_articles",
        verbose_name=_("partner behind the text"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="swedish")
        + SearchVector("lede", weight="B", config="swedish")
        + SearchVector("body", weight="C", config="swedish"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = DiaryEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("diary entry")
        verbose_name_plural = _("diary entries")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="scheduled") | models.Q(publish_at__isnull=False),
                name="entry_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published_at__isnull=False),
                name="entry_published_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "scheduled", "published"]), name="entry_state_known"
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="entry_search"),
            models.Index(
                models.F("published_at").desc(), condition=models.Q(state="published"), name="entry_by_publication"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = self.free_slug()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("newsletter:entry", args=[self.slug])

    def free_slug(self) -> str:
        """The title as an address; with the date, and then a number, when that is taken."""
        plain = slugify(self.title)[:150].strip("-") or "inlagg"
        dated = f"{plain}-{timezone.localdate(self.published_at or self.publish_at or timezone.now()):%Y-%m-%d}"
        numbered = (f"{dated}-{number}" for number in range(2, 1000))
        for slug in (plain, dated, *numbered):
            if slug not in TAKEN_SLUGS and not type(self).objects.filter(slug=slug).exclude(pk=self.pk).exists():
                return slug
        raise ValueError(f"no free address left for {plain!r}")

    @property
    def is_partner_article(self) -> bool:
        return self.partner_id is not None

    @property
    def teaser(self) -> str:
        """A few sentences for lists and mails: the lede, else whole sentences from the beginning of the text."""
        return self.lede or beginning(" ".join(strip_tags(self.body.replace("<", " <")).split()))

    def editable_for(self, user: Any) -> bool:
        """Whether the user may write in this entry: staff of its lab, and coordinators everywhere."""
        if not user.is_authenticated:
            return False
        return user.is_coordinator or (self.lab is not None and self.lab.has_member(user))
