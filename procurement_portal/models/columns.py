import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from history.models import Eventful
from procurement_portal.models.enclosures import Illustrated
from procurement_portal.models.reference import new_reference
from procurement_portal.models.refusals import AlreadyDecided, NotConfirmed
from procurement_portal.models.region import Regional
from procurement_portal.models.states import OPEN, State
from procurement_portal.organisation_number import OrganisationNumber
from workflow import locked

DESCRIPTION_MAX = 2_000


class ApplicationColumns(Regional, Illustrated, Eventful):
    """What an application holds; its traits build on this, and `Application` is all of them together."""

    State = State

    reference = models.CharField(_("reference number"), max_length=12, unique=True, default=new_reference)
    # From the form's ticket: the same form sent twice is one application.
    form_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="sv")

    company = models.CharField(_("company"), max_length=150)
    organisation_number = models.CharField(_("organisation number"), max_length=10)
    categories = models.ManyToManyField(
        "procurement_portal.Category", related_name="applications", verbose_name=_("categories")
    )
    website = models.URLField(_("website"))
    description = models.TextField(_("description"), max_length=DESCRIPTION_MAX)
    contact_name = models.CharField(_("contact person"), max_length=150)
    contact_title = models.CharField(_("title"), max_length=100)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("phone"), max_length=20)

    # The words of the consent as the applicant read them.
    consent = models.TextField(_("consent"))
    consented_at = models.DateTimeField(default=timezone.now)

    created_at = models.DateTimeField(default=timezone.now)
    confirmation_mailed_at = models.DateTimeField(null=True, blank=True)
    confirmation_mails = models.PositiveSmallIntegerField(default=0)
    link_mailed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Since when a coordinator has had the move; the age in the queue.
    waiting_since = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    supplier = models.ForeignKey(
        "procurement_portal.Supplier", on_delete=models.PROTECT, null=True, blank=True, related_name="applications"
    )

    class Meta:
        abstract = True

    @contextmanager
    def while_open(self) -> Iterator[None]:
        """Hold the row while the application is confirmed and undecided. Raises NotConfirmed or AlreadyDecided."""
        with locked(self):
            self.refuse_unless_open()
            yield

    def refuse_unless_open(self) -> None:
        """Raise NotConfirmed or AlreadyDecided; for pages that ask before they do. The verbs ask again under lock."""
        if self.state == State.DRAFT:
            raise NotConfirmed(gettext("Confirm the e-mail address first."))
        if self.state not in OPEN:
            raise AlreadyDecided(gettext("The application is already %(state)s.") % {"state": self.get_state_display()})

    @property
    def number(self) -> OrganisationNumber:
        return OrganisationNumber(self.organisation_number)

    @property
    def is_sole_trader(self) -> bool:
        """Whether the organisation number is a person's own: then it is personal data and never published."""
        return self.number.is_sole_trader

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def claim_pictures(self) -> None:
        """Say that the pictures are in use and what they show. Raises AlreadyClaimed for one in use elsewhere."""
        for enclosure in self.enclosures:
            enclosure.picture.claim(f"application {self.reference} {enclosure.slot.name}")
        self.describe_pictures(company=self.company, contact=self.contact_name)
