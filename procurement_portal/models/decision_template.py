import re
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from procurement_portal.models.refusals import NewerVersion
from procurement_portal.models.states import State
from workflow import in_turn

PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# Anything that somebody may have meant as a place, to say so when it is none.
MEANT_AS_PLACE = re.compile(r"\{\{([^{}]*)\}\}")


class DecisionTemplate(models.Model):
    """The wording that a decision letter starts from. Each saving is a new version; the newest is the one in use.

    The database refuses to change a version. The wording that comes with the site becomes a row without a number when
    the first letter begins from it.
    Words in double braces are filled in: see `PLACES`. A coordinator reads and edits the letter before it is sent.
    """

    class Outcome(models.TextChoices):
        APPROVED = State.APPROVED.value, _("approved")
        REJECTED = State.REJECTED.value, _("rejected")

    # What may stand between double braces, and what it becomes.
    PLACES = {
        "contact": _("the contact person’s name"),
        "company": _("the company"),
        "reference": _("the reference number"),
        "reason": _("the reason you give"),
    }

    number = models.PositiveIntegerField(_("version"), null=True, blank=True)
    # The wording that came with the site, put back in use by a coordinator or kept because a letter began from it.
    is_shipped = models.BooleanField(default=False)
    outcome = models.CharField(_("decision"), max_length=10, choices=Outcome)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("letter"), max_length=5_000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("decision letter template")
        get_latest_by = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["approved", "rejected"]), name="decision_template_outcome"),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(body=""), name="decision_template_says_something"),
            models.UniqueConstraint("outcome", "language", "number", name="decision_template_version"),
            models.CheckConstraint(
                condition=Q(number__isnull=False) | Q(is_shipped=True), name="decision_template_without_number_is_ours"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.language} {self.written_at:%Y-%m-%d %H:%M}"

    @classmethod
    def versions(cls, outcome: str, language: str) -> models.QuerySet["DecisionTemplate"]:
        """What coordinators have saved, newest first."""
        saved = cls.objects.filter(outcome=outcome, language=language, number__isnull=False)
        return saved.select_related("written_by").order_by("-number")

    @classmethod
    def in_use(cls, outcome: str, language: str) -> "DecisionTemplate":
        """The newest version, or the wording that comes with the site (unsaved) as long as that is the one to use."""
        newest = cls.versions(outcome, language).first()
        shipped = cls.shipped(outcome, language)
        if newest is None or (newest.is_shipped and newest.words != shipped.words):
            return shipped
        return newest

    @classmethod
    def begun_from(cls, outcome: str, language: str, pk: int | None) -> "DecisionTemplate":
        """The version with that id, or the wording that comes with the site when there is none."""
        saved = cls.objects.filter(outcome=outcome, language=language, pk=pk).first() if pk else None
        return saved or cls.shipped(outcome, language)

    @classmethod
    def save_version(cls, outcome: str, language: str, *, subject: str, body: str, by: Any, after: int) -> None:
        """Put a wording in use. `after` is the number of the version it was made from, 0 for none.

        Raises NewerVersion when somebody has saved another one meanwhile.
        """
        with in_turn(f"decision template {outcome} {language}"):
            newest = cls.versions(outcome, language).first()
            if (newest.number if newest else 0) != after:
                raise NewerVersion(
                    gettext(
                        "%(name)s has saved another version while you were writing. Yours is still here, not saved: "
                        "open the page in another tab to compare them."
                    )
                    % {"name": newest.written_by.name if newest and newest.written_by else gettext("Somebody")}
                )
            cls.objects.create(
                outcome=outcome, language=language, number=after + 1, subject=subject, body=body, written_by=by
            )

    @classmethod
    def restore_shipped(cls, outcome: str, language: str, *, by: Any) -> None:
        """Put the wording that comes with the site back in use, and what becomes of it in later editions of the site.

        Does nothing when it is in use.
        """
        with in_turn(f"decision template {outcome} {language}"):
            newest = cls.versions(outcome, language).first()
            if newest and not newest.is_shipped:
                shipped = cls.shipped(outcome, language)
                shipped.number, shipped.written_by = (newest.number or 0) + 1, by
                shipped.save()

    def kept(self) -> "DecisionTemplate":
        """This wording as a row, for a letter to say that it began from it."""
        if self.pk:
            return self
        with in_turn(f"decision template {self.outcome} {self.language}"):
            alike = DecisionTemplate.objects.filter(
                outcome=self.outcome, language=self.language, subject=self.subject, body=self.body, is_shipped=True
            )
            return alike.first() or self._keep()

    def _keep(self) -> "DecisionTemplate":
        self.save()
        return self

    @property
    def words(self) -> tuple[str, str]:
        return self.subject, self.body

    @classmethod
    def shipped(cls, outcome: str, language: str) -> "DecisionTemplate":
        with translation.override(language):
            text = render_to_string(f"procurement_portal/mail/decided_{outcome}.letter.txt").strip()
        subject, _separator, body = text.partition("\n")
        return cls(outcome=outcome, language=language, subject=subject.strip(), body=body.strip(), is_shipped=True)

    @staticmethod
    def fill(text: str, **places: str) -> str:
        """`text` with `{{ name }}` replaced for each of `places`; anything else in braces stays as it was written."""
        return PLACE.sub(lambda place: places.get(place[1], place[0]), text)
