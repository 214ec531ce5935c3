import uuid
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pictures.models import Picture
from procurement_portal import mails
from procurement_portal.models import states
from procurement_portal.models.assignment import Assignable
from procurement_portal.models.confirmation import Confirmable
from procurement_portal.models.decision import Decidable
from procurement_portal.models.enclosures import SLOT_NAMES
from procurement_portal.models.erasure import Erasable
from procurement_portal.models.mending import Mendable
from procurement_portal.models.own_data import Exportable
from procurement_portal.models.queue import QueueQuerySet
from procurement_portal.models.region import CODES
from procurement_portal.models.started_application import StartedApplication, turn_of
from procurement_portal.models.supplier import Supplier
from workflow import in_turn

UNCONFIRMED_KEPT = timedelta(days=30)


class ApplicationQuerySet(QueueQuerySet):
    def of_email(self, email: str) -> "ApplicationQuerySet":
        """What has been sent in from an address, whatever case it was written in; the newest ten."""
        return self.filter(email__iexact=email).order_by("-created_at", "-pk")[:10]

    def unconfirmed_too_long(self) -> "ApplicationQuerySet":
        return self.filter(state=states.State.DRAFT, created_at__lt=timezone.now() - UNCONFIRMED_KEPT)


class Application(Confirmable, Mendable, Assignable, Decidable, Erasable, Exportable):
    """A supplier's wish to be listed in the procurement portal, followed by the applicant through a signed link."""

    WITHOUT_ACCOUNT = _("The applicant")
    EVENTS = {
        "submitted": _("sent in the application"),
        "changed": _("changed the application"),
        "taken_up": _("took up the application for review"),
        "taken_on": _("became the application’s reviewer"),
        "assigned": _("asked a colleague to review the application"),
        "let_go": _("left the application without a reviewer"),
        "noted": _("wrote an internal note"),
        "recommended_approval": _("recommended to approve the application"),
        "recommended_rejection": _("recommended to reject the application"),
        "recommendation_taken_back": _("took back their recommendation"),
        "complement_requested": _("asked for more information"),
        "complemented": _("sent in more information"),
        "picture_replaced": _("replaced a picture"),
        "approved": _("approved the application"),
        "rejected": _("rejected the application"),
        "withdrawn": _("withdrew the application"),
        "takedown_requested": _("asked to have the company’s page taken down"),
        "erased": _("erased an application"),
    }

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=states.State.values), name="application_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft", confirmed_at__isnull=True)
                | (~Q(state="draft") & Q(confirmed_at__isnull=False)),
                name="application_counts_once_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=states.AWAITING_COORDINATOR) | Q(waiting_since__isnull=False),
                name="application_waits_since_a_time",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=states.DECIDED, decided_at__isnull=False) & ~Q(reason=""))
                | (~Q(state__in=states.DECIDED) & Q(decided_at__isnull=True, reason="")),
                name="application_decided_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(supplier__isnull=False), name="application_approved_has_supplier"
            ),
            models.CheckConstraint(
                condition=Q(organisation_number__regex=r"^[0-9]{10}$"), name="application_organisation_number_shape"
            ),
            models.CheckConstraint(condition=Q(region_codes__contained_by=CODES), name="application_regions_known"),
            models.CheckConstraint(condition=Q(phone__regex=r"^\+[0-9]{6,18}$"), name="application_phone_is_e164"),
        ]
        indexes = [
            models.Index(fields=["state", "waiting_since"], name="application_queue"),
            models.Index(fields=["organisation_number"], name="application_by_number"),
        ]

    def __str__(self) -> str:
        return self.company

    def get_absolute_url(self) -> str:
        return reverse("procurement_portal:application", args=[self.pk])

    @classmethod
    def receive(cls, *, form_key: uuid.UUID, categories: Any, **fields: Any) -> tuple["Application", bool]:
        """Store an application and mail its confirmation link; `(application, False)` when this form was already sent.

        `fields` are the columns, the three pictures included. What was kept of the form while it was filled in is gone.
        """
        with in_turn(turn_of(form_key)):
            application, is_new = cls.objects.get_or_create(form_key=form_key, defaults=fields)
            if is_new:
                application.categories.set(categories)
                application.claim_pictures()
                application.mail_confirmation()
                StartedApplication.objects.filter(form_key=form_key).delete()
        return application, is_new

    @property
    def is_decided(self) -> bool:
        return self.state in states.DECIDED

    def same_company(self) -> models.QuerySet["Application"]:
        """Other confirmed applications with the same organisation number, newest first."""
        return (
            Application.objects.confirmed()
            .filter(organisation_number=self.organisation_number)
            .exclude(pk=self.pk)
            .order_by("-created_at")
        )

    def same_supplier(self) -> Supplier | None:
        """The supplier, listed or taken down, that already has the organisation number."""
        return Supplier.objects.filter(organisation_number=self.organisation_number).first()

    def withdraw(self) -> None:
        """The applicant takes it back, before a decision. Raises AlreadyDecided or NotConfirmed."""
        with self.while_open():
            self.state = self.State.WITHDRAWN
            self.waiting_since = None
            self.save(update_fields=["state", "waiting_since"])
            self.complement_requests.filter(answered_at__isnull=True).update(answered_at=timezone.now())
            self.record("withdrawn")
            mails.withdrawn(self)

    @classmethod
    def picture_was_rejected(cls, picture: Picture) -> None:
        """Tell the applicant that a picture passed the first look but could not be processed.

        Before the e-mail address is confirmed nobody is told: the confirmation does it.
        """
        owner = Q(logo=picture) | Q(picture=picture) | Q(contact_picture=picture)
        application = cls.objects.filter(owner, state__in=states.OPEN).first()
        if application:
            for enclosure in application.rejected_pictures():
                if enclosure.picture == picture:
                    mails.picture_rejected(application, enclosure)

    @classmethod
    def sweep_unconfirmed(cls) -> int:
        """Forget applications whose address nobody confirmed in time, pictures included. Returns how many."""
        swept = 0
        for application in cls.objects.unconfirmed_too_long().select_related(*SLOT_NAMES):
            with transaction.atomic():
                # Confirmed in this very moment? Then it is no longer ours to sweep.
                if cls.objects.select_for_update().unconfirmed_too_long().filter(pk=application.pk).exists():
                    pictures = [enclosure.picture for enclosure in application.enclosures]
                    application.delete()
                    cls.discard_pictures(pictures)
                    swept += 1
        return swept
