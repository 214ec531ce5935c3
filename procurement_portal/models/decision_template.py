import re

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from procurement_portal.models.states import State

PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class DecisionTemplate(models.Model):
    """The wording that a decision letter starts from. Each saving is a new row; the newest is the one in use.

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
        ]
        indexes = [models.Index(fields=["outcome", "language", "-written_at"], name="decision_template_in_use")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.language} {self.written_at:%Y-%m-%d %H:%M}"

    @classmethod
    def in_use(cls, outcome: str, language: str) -> "DecisionTemplate":
        """The newest wording, or the one that comes with the site (unsaved) as long as nobody has written another."""
        newest = cls.objects.filter(outcome=outcome, language=language).order_by("-written_at", "-pk").first()
        return newest or cls.shipped(outcome, language)

    @classmethod
    def shipped(cls, outcome: str, language: str) -> "DecisionTemplate":
        with translation.override(language):
            text = render_to_string(f"procurement_portal/mail/decided_{outcome}.letter.txt").strip()
        subject, _separator, body = text.partition("\n")
        return cls(outcome=outcome, language=language, subject=subject.strip(), body=body.strip())

    @staticmethod
    def fill(text: str, **places: str) -> str:
        """`text` with `{{ name }}` replaced for each of `places`; anything else in braces stays as it was written."""
        return PLACE.sub(lambda place: places.get(place[1], place[0]), text)
