import datetime
import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import mails
from accounts.exceptions import AccountIsDeactivated, InvitationIsClosed
from accounts.models.closing import Closable
from accounts.models.user import User
from accounts.signals import invitation_accepted
from workflow import locked

# A double click arrives twice; the second one finds the door still open. Longer, and an old link would be a key.
DOUBLE_CLICK = datetime.timedelta(seconds=30)
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


class Invitation(Closable):
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

    def resend(self, *, by: Any) -> None:
        """Write again, with a new link and two new weeks; the old link stops working. Raises InvitationIsClosed."""
        with locked(self):
            self._refuse_closed()
            self._renew_and_send()
            self.record("resent", by=by)

    def accept(self, *, name: str = "") -> User:
        """Give the invited person their account and place, and return it. Whoever has the link has the mailbox.

        `name` is used for a new account. Doing it twice within half a minute does it once and returns the same person.
        Raises InvitationIsClosed, and AccountIsDeactivated.
        """
        with locked(self):
            if self.accepted_by and self.accepted_at and timezone.now() - self.accepted_at < DOUBLE_CLICK:
                return self.accepted_by
            if not self.can_be_accepted:
                raise InvitationIsClosed
            user = self._find_or_create_user(name)
            self.accepted_at, self.accepted_by = timezone.now(), user
            self.save(update_fields=["accepted_at", "accepted_by"])
            self.record("accepted", by=user)
            if self.role == self.Role.COORDINATOR:
                user.become_coordinator(by=self.invited_by)
            invitation_accepted.send(sender=type(self), invitation=self, user=user)
        return user

    def account(self) -> User | None:
        """The account that the address has already, active or not."""
        return User.objects.filter(email__iexact=self.email).first()

    def _find_or_create_user(self, name: str) -> User:
        user = self.account()
        if user is None:
            user = User.objects.create_user(
                self.email, name or self.name or self.email.partition("@")[0], language=self.language
            )
            user.record("joined", by=user)
        elif not user.is_active:
            raise AccountIsDeactivated
        return user

    def _renew_and_send(self) -> None:
        token = secrets.token_urlsafe(32)
        self.token_hash = hash_token(token)
        self.expires_at = timezone.now() + VALID_FOR
        self.save()
        mails.invitation(self, token=token)
