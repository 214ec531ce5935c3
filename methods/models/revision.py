from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from history.models import Eventful
from methods.exceptions import PublishedIsFixed
from methods.models.claim import Claim
from methods.models.publishing import Publishable
from methods.models.writing import Writable
from methods.sections import COLUMNS
from richtext.fields import RichTextField

MOST_SEK = 100_000_000


class RevisionQuerySet(models.QuerySet["Revision"]):
    def published(self) -> "RevisionQuerySet":
        return self.filter(state=Revision.State.PUBLISHED)

    def open(self) -> "RevisionQuerySet":
        """Revisions still on their way: being written or waiting for review."""
        return self.filter(state__in=Revision.OPEN)

    def submitted(self) -> "RevisionQuerySet":
        """Revisions waiting for a coordinator, the one that has waited longest first."""
        return self.filter(state=Revision.State.SUBMITTED).order_by("submitted_at", "pk")

    def visible_to(self, user: Any) -> "RevisionQuerySet":
        """What was public is readable by all; what is being written only by those who work in its lab."""
        public = Q(state__in=[Revision.State.PUBLISHED, Revision.State.SUPERSEDED])
        if not user.is_authenticated:
            return self.filter(public)
        return self if user.is_coordinator else self.filter(public | Q(method__lab__memberships__user=user)).distinct()

    def staffed_by(self, user: Any) -> "RevisionQuerySet":
        """Revisions of the labs that the user works in: none for visitors, all for coordinators."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_coordinator else self.filter(method__lab__memberships__user=user)

    def with_content(self) -> "RevisionQuerySet":
        """Read all that a page about the report shows, in a constant number of queries."""
        return self.select_related("method__lab", "author", "published_by").prefetch_related(
            "focus_areas",
            "components",
            "illustrations__picture",
            models.Prefetch("claims", Claim.objects.with_measurements()),
        )


class Revision(Writable, Publishable, Eventful):
    """A method report: one version of all that is known about a method. A published one never changes."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("state of a report", "draft")
        SUBMITTED = "submitted", pgettext_lazy("state of a report", "sent in for review")
        CHANGES_REQUESTED = "changes_requested", pgettext_lazy("state of a report", "waiting for changes")
        PUBLISHED = "published", pgettext_lazy("state of a report", "published")
        SUPERSEDED = "superseded", pgettext_lazy("state of a report", "replaced by a newer version")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of a report", "withdrawn")

    WRITABLE = (State.DRAFT, State.CHANGES_REQUESTED)
    OPEN = (State.DRAFT, State.SUBMITTED, State.CHANGES_REQUESTED)
    FIXED = (State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN)

    EVENTS = {
        "started": pgettext_lazy("event of a report", "began to write"),
        "submitted": pgettext_lazy("event of a report", "sent in for review"),
        "taken_back": pgettext_lazy("event of a report", "took back to go on writing"),
        "changes_requested": pgettext_lazy("event of a report", "asked for changes"),
        "published": pgettext_lazy("event of a report", "published"),
        "superseded": pgettext_lazy("event of a report", "replaced by a newer version"),
        "withdrawn": pgettext_lazy("event of a report", "withdrew"),
    }

    method = models.ForeignKey("methods.Method", on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    language = models.CharField(_("language of the report"), max_length=2, choices=settings.LANGUAGES, default="sv")

    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary in one sentence"), max_length=300, blank=True)
    target_groups = models.CharField(_("target groups"), max_length=200, blank=True)
    focus_areas = models.ManyToManyField("labs.FocusArea", related_name="+", verbose_name=_("focus areas"), blank=True)
    problem = RichTextField(_("the problem"))
    effect = RichTextField(_("the effect"))
    mechanism = RichTextField(_("why it works"))
    moderators = RichTextField(_("for whom and where"))
    implementation = RichTextField(_("how to do it"))
    hours = models.PositiveSmallIntegerField(
        _("working hours a week"), null=True, blank=True, validators=[MaxValueValidator(1000)]
    )
    premises = models.CharField(_("premises"), max_length=300, blank=True)
    partners = models.CharField(_("partners"), max_length=300, blank=True)
    cost_min = models.PositiveIntegerField(
        _("lowest cost for a year, SEK"), null=True, blank=True, validators=[MaxValueValidator(MOST_SEK)]
    )
    cost_max = models.PositiveIntegerField(
        _("highest cost for a year, SEK"), null=True, blank=True, validators=[MaxValueValidator(MOST_SEK)]
    )
    months_to_effect = models.PositiveSmallIntegerField(
        _("months to the first effect"), null=True, blank=True, validators=[MaxValueValidator(240)]
    )
    failures = RichTextField(_("what failed, and why"))
    success_conditions = RichTextField(_("conditions for success"))
    contact_name = models.CharField(_("name"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail address"), blank=True)
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True)

    # Counts every save; `saves` holds, per section, the version it was last saved as, by whom
    # and when, and everybody who has saved it.
    version = models.PositiveIntegerField(default=0)
    saves = models.JSONField(default=dict, blank=True)

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(_("why it was withdrawn"), blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("method report")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["method", "number"], name="revision_number_once_per_method"),
            models.UniqueConstraint(
                fields=["method"],
                condition=Q(state__in=["draft", "submitted", "changes_requested"]),
                name="revision_one_open_per_method",
            ),
            models.UniqueConstraint(
                fields=["method"], condition=Q(state="published"), name="revision_one_published_per_method"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_numbered_from_1"),
            models.CheckConstraint(condition=~Q(title=""), name="revision_has_a_title"),
            models.CheckConstraint(
                condition=Q(cost_min__isnull=True) | Q(cost_max__isnull=True) | Q(cost_min__lte=F("cost_max")),
                name="revision_lowest_cost_is_lowest",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "superseded"]) | Q(published_at__isnull=False),
                name="revision_published_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False), name="revision_submitted_when"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="")),
                name="revision_withdrawn_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | (
                    (Q(author__isnull=True) | ~Q(published_by=F("author")))
                    & (Q(submitted_by__isnull=True) | ~Q(published_by=F("submitted_by")))
                ),
                name="revision_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def get_absolute_url(self) -> str:
        """The public page of this version; while it is being written, its editor."""
        if self.state == self.State.PUBLISHED:
            return reverse("methods:detail", args=[self.method.slug])
        if self.published_at:
            return reverse("methods:version", args=[self.method.slug, self.number])
        return reverse("methods:revision", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row. Raises PublishedIsFixed when that would change content that has been published."""
        if self.pk:
            stored = type(self)._base_manager.filter(pk=self.pk, state__in=self.FIXED).values(*COLUMNS).first()
            if stored and any(getattr(self, name) != value for name, value in stored.items()):
                raise PublishedIsFixed()
        super().save(*args, **kwargs)

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it: it is published, or was until a newer version came."""
        return self.state in {self.State.PUBLISHED, self.State.SUPERSEDED}

    @property
    def core_components(self) -> list[Any]:
        return [each for each in self.components.all() if each.kind == "core"]

    @property
    def adaptable_components(self) -> list[Any]:
        return [each for each in self.components.all() if each.kind == "adaptable"]
