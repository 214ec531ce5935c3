import datetime
import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import mails
from accounts.models.acceptance import Acceptable
from history.models import Eventful
from workflow import locked

VALID_FOR = datetime.timedelta(days=14)


def hash_token(token: str) -> str:
    """What we keep of a link's secret; it is 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; may have run out, and can then be sent anew."""
        return self.filter(accepted_at=None, revoked_at=None)

    def visible_to(self, user: Any) -> "InvitationQuerySet":
        """Coordinators see all; a lab's leads those to their lab; others none."""
        if not user.is_authenticated:
            return self.none()
        if user.is_coordinator:
            return self
        return self.filter(lab__memberships__user=user, lab__memberships__role=Invitation.Role.LEAD)

    def with_token(self, token: str) -> "InvitationQuerySet":
        return self.filter(token_hash=hash_token(token))

    def newest_first(self) -> "InvitationQuerySet":
        return self.select_related("lab", "invited_by", "accepted_by").order_by("-created_at", "-pk")

    @transaction.atomic
    def invite(self, email: str, *, by: Any, role: str, lab: Any = None, name: str = "", language: str) -> "Invitation":
        """Invite somebody to a lab, or as coordinator (then without `lab`), and write to them.

        Raises IntegrityError if an open invitation to the same address for the same place exists.
        """
        invitation = self.model(
            email=email.strip().lower(), name=name, role=role, lab=lab, language=language, invited_by=by
        )
        invitation._renew_and_send()
        invitation.record("created", by=by)
        return invitation


class Invitation(Acceptable, Eventful):
    """A place kept for somebody: in a lab, or among the coordinators. The mailed link proves the address."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member of a lab")
        LEAD = "lead", _("lead of a lab")
        COORDINATOR = "coordinator", _("coordinator")

    EVENTS = {
        "created": _("invited the person"),
        "resent": _("sent the invitation again"),
        "accepted": _("accepted the invitation"),
        "revoked": _("withdrew the invitation"),
    }

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=11, choices=Role)
    lab = models.ForeignKey(
        "labs.Lab", on_delete=models.CASCADE, null=True, blank=True, related_name="invitations", verbose_name=_("lab")
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="sv")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role="coordinator", lab=None)
                | (models.Q(role__in=["member", "lead"]) & models.Q(lab__isnull=False)),
                name="invitation_to_a_lab_or_as_coordinator",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None),
                name="invitation_not_both_accepted_and_revoked",
            ),
            models.UniqueConstraint(
                fields=["email", "lab"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                nulls_distinct=False,
                name="invitation_open_once_per_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None

    @property
    def has_run_out(self) -> bool:
        return self.is_open and self.expires_at <= timezone.now()

    @property
    def can_be_accepted(self) -> bool:
        return self.is_open and not self.has_run_out

    def resend(self, *, by: Any) -> None:
        """Write again, with a new link and two new weeks; the old link stops working. Raises InvitationIsClosed."""
        with locked(self):
            self._refuse_closed()
            self._renew_and_send()
            self.record("resent", by=by)

    def revoke(self, *, by: Any) -> None:
        """Take the invitation back: its link stops working. Raises InvitationIsClosed."""
        with locked(self):
            self._refuse_closed()
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
            self.record("revoked", by=by)

    def _renew_and_send(self) -> None:
        token = secrets.token_urlsafe(32)
        self.token_hash = hash_token(token)
        self.expires_at = timezone.now() + VALID_FOR
        self.save()
        mails.invitation(self, token=token)
