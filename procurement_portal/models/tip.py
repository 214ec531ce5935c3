import uuid
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from history.models import Eventful
from workflow import IllegalTransition, locked


class TipAlreadyHandled(IllegalTransition):
    pass


class TipNotHandled(IllegalTransition):
    pass


class TipQuerySet(models.QuerySet["Tip"]):
    def unhandled(self) -> "TipQuerySet":
        """What waits for a coordinator, oldest first."""
        return self.filter(handled_at__isnull=True).order_by("created_at", "pk")

    def handled(self) -> "TipQuerySet":
        return self.filter(handled_at__isnull=False).order_by("-handled_at", "-pk")

    def search(self, words: str) -> "TipQuerySet":
        for word in words.split():
            self = self.filter(
                Q(subject__icontains=word)
                | Q(message__icontains=word)
                | Q(name__icontains=word)
                | Q(email__icontains=word)
            )
        return self


class Tip(Eventful):
    """What somebody outside wants us to know: a supplier, a need, something else."""

    class Kind(models.TextChoices):
        SUPPLIER = "supplier", _("a supplier you should know of")
        NEED = "need", _("something we need and cannot find")
        OTHER = "other", pgettext_lazy("kind of tip", "something else")

    EVENTS = {"handled": _("marked the tip as handled"), "reopened": _("opened the tip again")}

    # From the form's ticket: the same form sent twice is one tip.
    form_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    subject = models.CharField(_("what or who"), max_length=200)
    message = models.TextField(_("why"), max_length=3_000, blank=True)
    name = models.CharField(_("your name"), max_length=150, blank=True)
    email = models.EmailField(_("your e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="sv")
    created_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = TipQuerySet.as_manager()

    class Meta:
        verbose_name = _("tip")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["supplier", "need", "other"]), name="tip_kind_known"),
            models.CheckConstraint(
                condition=Q(handled_by__isnull=True) | Q(handled_at__isnull=False), name="tip_handled_by_has_a_time"
            ),
        ]
        indexes = [
            models.Index("created_at", condition=Q(handled_at__isnull=True), name="tip_unhandled"),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("procurement_portal:tip", args=[self.pk])

    @property
    def is_handled(self) -> bool:
        return self.handled_at is not None

    @classmethod
    def receive(cls, **fields: Any) -> tuple["Tip", bool]:
        """Store a tip and tell the coordinators; `(tip, False)` when this form was already sent."""
        from procurement_portal import mails

        with transaction.atomic():
            tip, is_new = cls.objects.get_or_create(form_key=fields.pop("form_key"), defaults=fields)
            if is_new:
                mails.tip_received(tip)
        return tip, is_new

    def handle(self, *, by: Any) -> None:
        """Mark as dealt with. Raises TipAlreadyHandled."""
        with locked(self):
            if self.is_handled:
                raise TipAlreadyHandled(gettext("The tip is already marked as handled."))
            self.handled_at, self.handled_by = timezone.now(), by
            self.save(update_fields=["handled_at", "handled_by"])
            self.record("handled", by=by)

    def reopen(self, *, by: Any) -> None:
        """Undo `handle`. Raises TipNotHandled."""
        with locked(self):
            if not self.is_handled:
                raise TipNotHandled(gettext("The tip is already open."))
            self.handled_at = self.handled_by = None
            self.save(update_fields=["handled_at", "handled_by"])
            self.record("reopened", by=by)
