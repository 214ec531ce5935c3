from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from history.models import Eventful
from methods.exceptions import AlreadyBeingWritten, NotACoordinator, NothingPublished, ReasonNeeded
from methods.models.evidence import Evidence
from methods.models.revision import Revision
from methods.models.searching import MethodQuerySet, Searchable
from methods.sections import COLUMNS
from methods.signals import phase_changed
from richtext.fields import RichTextField
from richtext.sanitising import sanitise
from workflow import DOUBLE_CLICK, in_turn, locked


class Method(Searchable, Eventful):
    """A way of working that a lab tries out, and that others may take up. Its reports are its revisions."""

    class Phase(models.TextChoices):
        TEST = "test", pgettext_lazy("method phase", "test")
        DEVELOP = "develop", pgettext_lazy("method phase", "develop")
        EVALUATE = "evaluate", pgettext_lazy("method phase", "evaluate")
        SPREAD = "spread", pgettext_lazy("method phase", "spread")
        STOPPED = "stopped", pgettext_lazy("method phase", "stopped")

    EVENTS = {
        "started": _("began to write about the method"),
        "moved": _("moved the method to another phase"),
        "evidence_signed": _("signed the evidence level"),
        "evidence_questioned": _("flagged the evidence for a new look, as a measurement was corrected"),
    }

    lab = models.ForeignKey("labs.Lab", on_delete=models.PROTECT, related_name="methods", verbose_name=_("lab"))
    slug = models.SlugField(max_length=80, unique=True)
    phase = models.CharField(_("phase"), max_length=10, choices=Phase, default=Phase.TEST)
    # What lists show. While nothing is published it follows the draft; then it is what the published revision says.
    title = models.CharField(_("title"), max_length=120)
    target_groups = models.CharField(_("target groups"), max_length=200, blank=True)
    focus_areas = models.ManyToManyField(
        "labs.FocusArea", related_name="methods", verbose_name=_("focus areas"), blank=True
    )
    published = models.OneToOneField(
        "methods.Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="shown_by"
    )
    evidence = models.OneToOneField(
        "methods.Evidence", on_delete=models.PROTECT, null=True, blank=True, related_name="current_for"
    )
    stopped_because = models.CharField(_("why it was stopped"), max_length=300, blank=True)
    learned = RichTextField(_("what was learned"))
    search_vector = SearchVectorField(null=True, editable=False)
    search_words = models.TextField(blank=True, default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MethodQuerySet.as_manager()

    class Meta:
        verbose_name = _("method")
        ordering = ["pk"]
        indexes = [
            GinIndex(fields=["search_vector"], name="method_search_vector"),
            GinIndex(OpClass("search_words", name="gin_trgm_ops"), name="method_search_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(phase="stopped") | (~Q(stopped_because="") & ~Q(learned="")),
                name="method_stopped_says_why_and_what_was_learned",
            ),
            models.CheckConstraint(
                condition=Q(published__isnull=True) | Q(evidence__isnull=False), name="method_published_has_evidence"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("methods:detail", args=[self.slug])

    @classmethod
    def start(cls, *, lab: Any, title: str, by: Any, language: str = "sv") -> "Method":
        """Begin to write about a method of the lab: a method with an empty first draft, `method.draft`.

        Begun twice within half a minute by the same person it is begun once.
        """
        with in_turn("methods.slug"):
            if first := cls._begun_just_now(lab, title, by):
                return first
            method = cls.objects.create(lab=lab, title=title, slug=cls._free_slug(title))
            revision = Revision.objects.create(method=method, number=1, title=title, author=by, language=language)
            revision.focus_areas.set(lab.focus_areas.all())
            method.focus_areas.set(lab.focus_areas.all())
            method.record("started", by=by)
            revision.record("started", by=by)
        return method

    @classmethod
    def _begun_just_now(cls, lab: Any, title: str, by: Any) -> "Method | None":
        """What the first of two clicks has begun and nobody has written in yet."""
        untouched = Revision.objects.filter(
            author=by, number=1, version=0, state=Revision.State.DRAFT, created_at__gt=timezone.now() - DOUBLE_CLICK
        )
        return cls.objects.filter(lab=lab, title=title, revisions__in=untouched).first()

    @classmethod
    def _free_slug(cls, title: str) -> str:
        """An address for the title that no other method has; to be taken in turn."""
        plain = title.lower().translate(str.maketrans("åäöéü", "aaoeu"))
        stem = slugify(plain)[:70].strip("-") or "metod"
        # The words of the addresses beside the methods' own.
        taken = {
            "ny",
            "new",
            "rapporter",
            "reports",
            *cls.objects.filter(slug__startswith=stem).values_list("slug", flat=True),
        }
        slug, number = stem, 1
        while slug in taken:
            number += 1
            slug = f"{stem}-{number}"
        return slug

    @property
    def draft(self) -> Revision | None:
        """The revision being written or reviewed, if any."""
        return self.revisions.open().first()

    def illustrates(self, picture: Any) -> bool:
        """Whether any version of the report shows the picture; they share their pictures."""
        return self.revisions.filter(illustrations__picture=picture).exists()

    @property
    def is_stopped(self) -> bool:
        return self.phase == self.Phase.STOPPED

    def draft_successor(self, *, by: Any) -> Revision:
        """Begin the next version with all that the published one says. Raises AlreadyBeingWritten, NothingPublished."""
        with locked(self):
            if self.revisions.open().exists():
                raise AlreadyBeingWritten()
            origin = self.published
            if origin is None:
                raise NothingPublished()
            content = {name: getattr(origin, name) for name in COLUMNS}
            number = self.revisions.order_by("-number").values_list("number", flat=True)[0] + 1
            revision = Revision.objects.create(method=self, number=number, author=by, **content)
            origin.copy_content_to(revision)
            revision.record("started", by=by)
        return revision

    def move_to(self, phase: str, *, by: Any, because: str, learned: str = "") -> None:
        """Move the method to another phase. Stopping it needs `learned`: what others can learn from it (HTML).

        Raises ReasonNeeded when a reason, or what was learned, is missing.
        """
        with locked(self):
            before = self.phase
            if not because.strip():
                raise ReasonNeeded(gettext("Say why the method moves to this phase."))
            self.phase = self.Phase(phase)
            if self.is_stopped:
                self.stopped_because = because.strip()[:300]
                self.learned = learned or self.learned  # type: ignore[assignment]
                if not sanitise(str(self.learned)):
                    raise ReasonNeeded(gettext("Say what was learned before the method is stopped."))
            else:
                self.stopped_because = ""
            self.save()
            self.record("moved", by=by, because=because.strip(), before=before, phase=self.phase)
            phase_changed.send(sender=type(self), method=self, before=before, by=by)

    def sign_evidence(self, *, level: int, rationale: str, by: Any) -> Evidence:
        """Sign how sure we are that the method works, in place of any earlier judgement."""
        with locked(self):
            if not by.is_coordinator:
                raise NotACoordinator()
            if not rationale.strip():
                raise ReasonNeeded(gettext("Argue for the evidence level in a few sentences."))
            self.evidence = Evidence.objects.create(
                method=self, level=Evidence.Level(level), rationale=rationale.strip(), signed_by=by
            )
            self.save()
            self.record("evidence_signed", by=by, level=int(level))
        return self.evidence

    def show(self, revision: Revision, *, by: Any, level: int | None, rationale: str) -> None:
        """Make the revision the one the public reads. Part of `Revision.publish`, which guards it."""
        if level is not None:
            self.sign_evidence(level=level, rationale=rationale, by=by)
        elif self.evidence is None:
            raise ReasonNeeded(gettext("Sign the evidence level: the method has none yet."))
        self.published = revision
        self.title, self.target_groups = revision.title, revision.target_groups
        self.save()
        self.focus_areas.set(revision.focus_areas.all())
        self.index()

    def hide(self) -> None:
        """Leave nothing for the public. Part of `Revision.withdraw`."""
        self.published, self.search_vector, self.search_words = None, None, ""
        self.save()

    def follow_draft(self, draft: Revision) -> None:
        """Let lists of the lab's own methods show what the draft says, as long as nothing is published."""
        if self.published_id is None:
            self.title, self.target_groups = draft.title, draft.target_groups
            self.save(update_fields=["title", "target_groups"])
            self.focus_areas.set(draft.focus_areas.all())
