import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from history.models import BY_ITSELF, Eventful
from newsletter.models.import_content import ImportContent
from newsletter.models.ordering_import import Orderable
from newsletter.models.rhythm import Rhythm

# The uploaded addresses are kept so long at most, done with or not; the lines that were wrong a little longer.
CONTENT_KEPT = datetime.timedelta(days=7)
PROBLEMS_KEPT = datetime.timedelta(days=30)
# No step takes so long: then the worker is gone, and another goes on.
STALLED_AFTER = datetime.timedelta(minutes=2)
MOST_BYTES = 10 * 1024 * 1024


class SubscriberImportQuerySet(models.QuerySet["SubscriberImport"]):
    def working(self) -> "SubscriberImportQuerySet":
        return self.filter(state__in=SubscriberImport.WORKING)

    def stalled(self) -> "SubscriberImportQuerySet":
        """A worker should be at it, and none has been for a while."""
        return self.working().filter(moved_at__lt=timezone.now() - STALLED_AFTER)

    def overdue(self) -> "SubscriberImportQuerySet":
        """Nobody has decided about the addresses for so long that they are not kept any longer."""
        return self.filter(
            state__in=[SubscriberImport.State.CHECKING, SubscriberImport.State.READY],
            created_at__lt=timezone.now() - CONTENT_KEPT,
        )

    def past_problems(self) -> "SubscriberImportQuerySet":
        return self.filter(created_at__lt=timezone.now() - PROBLEMS_KEPT, problems__isnull=False).distinct()

    def newest_first(self) -> "SubscriberImportQuerySet":
        return self.select_related("uploaded_by").order_by("-pk")


class SubscriberImport(Orderable, Eventful):
    """A list of addresses that a coordinator brings, with the ground on which those people get mail from us.

    checking → ready → importing → done; cancelled before importing. `line` and the rows left are how far it has come:
    whoever goes on, goes on there (`newsletter.importing`).
    """

    class State(models.TextChoices):
        CHECKING = "checking", pgettext_lazy("import", "being checked")
        READY = "ready", pgettext_lazy("import", "checked")
        IMPORTING = "importing", pgettext_lazy("import", "being imported")
        DONE = "done", pgettext_lazy("import", "imported")
        CANCELLED = "cancelled", pgettext_lazy("import", "cancelled")

    WORKING = (State.CHECKING, State.IMPORTING)
    WITHOUT_ACCOUNT = BY_ITSELF
    EVENTS = {
        "uploaded": gettext_lazy("uploaded a list of addresses"),
        "checked": gettext_lazy("the list was checked"),
        "ordered": gettext_lazy("had the addresses imported"),
        "imported": gettext_lazy("the addresses were imported"),
        "cancelled": gettext_lazy("cancelled the import"),
        "expired": gettext_lazy("the list was deleted, as nobody had imported it"),
    }

    name = models.CharField(gettext_lazy("file"), max_length=120)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    ground = models.TextField(gettext_lazy("ground"))
    ground_language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    frequency = models.CharField(gettext_lazy("how often"), max_length=10, choices=Rhythm)
    language = models.CharField(gettext_lazy("language"), max_length=2, choices=settings.LANGUAGES)
    encoding = models.CharField(max_length=10)
    delimiter = models.CharField(max_length=1)
    columns = models.JSONField()
    has_header = models.BooleanField()
    state = models.CharField(gettext_lazy("state"), max_length=9, choices=State, default=State.CHECKING)
    # The last line that has been checked, of how many.
    line = models.PositiveIntegerField(default=0)
    lines = models.PositiveIntegerField()
    new_count = models.PositiveIntegerField(default=0)
    there_count = models.PositiveIntegerField(default=0)
    left_count = models.PositiveIntegerField(default=0)
    duplicate_count = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    imported_count = models.PositiveIntegerField(default=0)
    # New when the list was checked, and no longer when it was imported.
    passed_over_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriberImportQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("import of addresses")
        constraints = [
            models.CheckConstraint(condition=~models.Q(ground=""), name="import_has_a_ground"),
            models.CheckConstraint(
                condition=models.Q(state__in=["checking", "ready", "importing", "done", "cancelled"]),
                name="import_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["done", "cancelled"], finished_at__isnull=False)
                | (~models.Q(state__in=["done", "cancelled"]) & models.Q(finished_at__isnull=True)),
                name="import_finished_has_its_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done")
                | models.Q(new_count=models.F("imported_count") + models.F("passed_over_count")),
                name="import_done_accounts_for_all",
            ),
        ]
        indexes = [
            models.Index(
                fields=["moved_at"], condition=models.Q(state__in=["checking", "importing"]), name="import_at_work"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("newsletter:import", args=[self.pk])

    @classmethod
    def begin(cls, data: bytes, *, by: Any, **fields: Any) -> "SubscriberImport":
        """Keep the file and have a worker check it. `fields` are the columns that say what it is and how to read it."""
        with transaction.atomic():
            # The last line may have no end.
            lines = data.count(b"\n") + 1 if b"\n" in data else data.count(b"\r") + 1
            upload = cls.objects.create(uploaded_by=by, lines=lines, **fields)
            ImportContent.objects.create(subscriber_import=upload, data=data)
            upload.record("uploaded", by=by)
            upload.kick()
        return upload

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    @property
    def handled_count(self) -> int:
        """How many of the new addresses have been imported or passed over."""
        return self.imported_count + self.passed_over_count

    @property
    def deleted_at(self) -> datetime.datetime:
        """When the addresses are deleted unless somebody imports them before."""
        return self.created_at + CONTENT_KEPT
